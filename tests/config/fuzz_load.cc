/// libFuzzer entry: any text, read as a unit file, as a collection and as settings, must neither crash
/// nor go without an answer. Build with clang and -Dfuzz=true -Db_sanitize=address,undefined.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/load.hpp"
#include "config/show/effective.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (std::string_view name : {"fuzz.toml", "supd.toml"}) {
    supd::config::Loaded loaded = supd::config::load_text(name, text);
    if (loaded.ok() && supd::config::render(loaded.diagnostics, true).find("error") == 0) std::abort();
    (void)supd::config::render_json(loaded.diagnostics, loaded.more);
    for (const supd::config::Unit& unit : loaded.units) (void)supd::config::effective(unit, loaded);
  }
  return 0;
}
