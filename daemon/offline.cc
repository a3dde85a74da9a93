#include "daemon/offline.hpp"

#include <unistd.h>

#include <string>
#include <utility>

#include "config/show/explain.hpp"
#include "config/show/sarif.hpp"
#include "config/show/schema.hpp"
#include "ctl/proto/outcome.hpp"
#include "daemon/apply/graph_errors.hpp"

namespace supd {
namespace {

constexpr int bad_usage = static_cast<int>(proto::Outcome::usage);
constexpr int no_such_key = static_cast<int>(proto::Outcome::no_such_unit);

void print(const std::string& text, std::FILE* to = stdout) { std::fputs(text.c_str(), to); }

/// The one word that --explain and --schema take, or "".
std::string word_of(const Options& options) { return options.words.empty() ? std::string() : options.words[0]; }

bool has_too_many_words(const Options& options, const char* option) {
  if (options.words.size() <= 1) return false;
  print(std::string("supd: ") + option + " takes one word\n", stderr);
  return true;
}

}  // namespace

std::optional<Supervisor> load_units(config::Loaded& loaded) {
  auto supervisor = Supervisor::load(loaded.specs());
  if (supervisor) return loaded.ok() ? std::optional(std::move(*supervisor)) : std::nullopt;
  apply::add_graph_errors(loaded, supervisor.error());
  return std::nullopt;
}

void report(const config::Loaded& loaded, std::FILE* to) {
  print(config::render(loaded.diagnostics, ::isatty(::fileno(to)) == 1, loaded.more), to);
}

int check(const Options& options) {
  config::Loaded loaded = config::load({.paths = options.config, .trust_all = options.trust_config});
  auto supervisor = load_units(loaded);
  if (options.output == "json") {
    print(config::render_json(loaded.diagnostics, loaded.more));
  } else if (options.output == "sarif") {
    print(config::render_sarif(loaded.diagnostics, loaded.more));
  } else {
    report(loaded, stdout);
    if (supervisor) std::printf("%u units in %zu files: no errors\n", supervisor->size(), loaded.files.size());
  }
  return supervisor ? 0 : bad_usage;
}

int explain(const Options& options) {
  if (has_too_many_words(options, "--explain")) return bad_usage;
  std::string word = word_of(options);
  bool json = options.output == "json";
  config::Explanation said = json ? config::explain_json(word) : config::explain(word);
  // Programs find a failure on stdout too; people find it on stderr either way.
  if (said.found || json) print(said.text);
  if (!said.found) print("supd: " + config::explain(word).text, stderr);
  return said.found ? 0 : no_such_key;
}

int schema(const Options& options) {
  if (has_too_many_words(options, "--schema")) return bad_usage;
  std::string what = word_of(options);
  if (!what.empty() && what != "unit" && what != "supd") {
    print("supd: there is a schema of a unit file (\"unit\") and one of supd.toml (\"supd\")\n", stderr);
    return bad_usage;
  }
  print(what == "supd" ? config::settings_schema() : config::unit_schema());
  return 0;
}

}  // namespace supd
