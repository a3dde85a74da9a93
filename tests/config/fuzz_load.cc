/// libFuzzer entry: any text, read as a unit file, as a collection and as settings, is read or refused with an
/// answer, and what was read can be written as a unit file that says the same. Run by .ci/fuzz.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/plan/plan.hpp"
#include "config/show/effective.hpp"
#include "config/show/sarif.hpp"
#include "config/show/to_toml.hpp"

namespace supd::config {
namespace {

/// Between the parts of an input: the file, then what changes it.
constexpr std::string_view separator = "\n#---\n";

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

[[noreturn]] void fail(std::string_view what, std::string_view text) {
  std::cerr << what << "\n" << text << std::endl;
  std::abort();
}

void check_diagnostics(const Loaded& loaded) {
  if (loaded.ok() != (loaded.errors == 0)) fail("good and bad at once", {});
  for (const Diagnostic& d : loaded.diagnostics) {
    if (d.message.empty() || d.hint.empty()) fail("an error without a word", d.message);
  }
  (void)render(loaded.diagnostics, true, loaded.more);
  (void)render_json(loaded.diagnostics, loaded.more);
  (void)render_sarif(loaded.diagnostics, loaded.more);
}

/// Written and read again, a unit is the same unit.
void check_round_trip(const UnitSpec& unit) {
  std::string text = to_toml(unit);
  Loaded again = load_text(unit.name + ".toml", text);
  if (!again.ok() || again.declared.size() != 1) fail(render(again.diagnostics, false), text);
  const UnitSpec& same = *again.declared[0].spec;
  if (same != unit) fail("not the same unit:", text + "\nbut:\n" + to_toml(same));
}

/// The first part under that name, the others as drop-ins of it.
void check_load(std::string_view name, std::string_view unit, const std::vector<std::string_view>& parts) {
  std::vector<Text> texts{{name, parts[0], {}}};
  for (std::size_t i = 1; i < parts.size(); ++i) texts.push_back({"drop-in.toml", parts[i], unit});
  Loaded loaded = load_texts(texts);
  check_diagnostics(loaded);
  for (const Unit& each : loaded.units) (void)effective(each, loaded);
  if (!loaded.ok()) return;
  for (const Unit& each : loaded.declared) check_round_trip(*each.spec);
  (void)make_plan({}, loaded, [](std::string_view) { return UnitNow{}; });
}

}  // namespace
}  // namespace supd::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> parts = supd::config::parts_of(text);
  supd::config::check_load("fuzz.toml", "fuzz", parts);
  supd::config::check_load("fuzz@.toml", "fuzz@", parts);
  supd::config::check_load("supd.toml", "supd", parts);
  return 0;
}
