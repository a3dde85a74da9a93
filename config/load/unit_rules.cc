#include "config/load/unit_rules.hpp"

#include <algorithm>
#include <cerrno>

#include "config/host/trust.hpp"
#include "config/keys/keys.hpp"
#include "config/load/references.hpp"
#include "units/base/quantity.hpp"

namespace supd::config {
namespace {

void no_meaning_for_target(const UnitPlaces& places, const Entry& entry, std::string_view key) {
  places.problems().error(entry.at, key, "a target has no process, so this has no meaning for it",
                          "remove it, or write kind = \"service\" or kind = \"task\"");
}

void check_target(const UnitPlaces& places) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    const Entry* entry = key.needs_process ? places.find(key.info.path) : nullptr;
    if (entry == nullptr) continue;
    no_meaning_for_target(places, *entry, key.info.path);
  }
  if (const Entry* entry = places.find("replicas")) no_meaning_for_target(places, *entry, "replicas");
}

void check_command(const UnitPlaces& places, const UnitSpec& unit) {
  if (!unit.command.empty() || places.find("command") != nullptr) return;  // a bad one has been noted already
  const Entry* kind = places.find("kind");
  if (kind != nullptr && kind->value.text != word(unit.kind)) return;  // likewise: it may be no service at all
  places.error("command", "the " + std::string(word(unit.kind)) + " has no command",
               "write: command = [\"/usr/bin/program\"], or kind = \"target\" for a unit without a process");
}

void check_delays(const UnitPlaces& places, const RestartSpec& restart) {
  if (restart.delay <= restart.max_delay) return;
  bool delay_written = places.find("restart.delay") != nullptr;
  places.error(delay_written ? "restart.delay" : "restart.max_delay",
               "the first delay (" + duration_text(restart.delay) + ") is longer than the longest (" +
                   duration_text(restart.max_delay) + ")",
               "write a max_delay of at least " + toml_string(duration_text(restart.delay)) + ", or a shorter delay");
}

void check_ready(const UnitPlaces& places, Kind kind) {
  const Entry* on = places.find("ready.on");
  std::string_view fits = kind == Kind::task ? "exit" : "spawn";
  bool other = on != nullptr && (on->value.text == "spawn" || on->value.text == "exit") && on->value.text != fits;
  if (!other) return;
  places.error("ready.on", in_quotes(on->value.text) + " is not for a " + std::string(word(kind)),
               "write: on = " + toml_string(fits));
}

void check_input(const UnitPlaces& places, const TerminalSpec& terminal) {
  if (!terminal.read_own || !terminal.takes_output()) return;
  places.error("input", "the unit reads its terminal already", "remove input, or terminal");
}

/// One entry of environment.files: "/path", or "-/path" when it may be missing.
void add_env_file(const UnitPlaces& places, std::string_view entry, Variables& all) {
  bool optional = entry.starts_with('-');
  std::string path(entry.substr(optional ? 1 : 0));
  const EnvFiles::File& file = places.env_files().read(path);
  if (!file.error) {
    all.insert(all.end(), file.variables.begin(), file.variables.end());
    return;
  }
  bool missing = file.error->code == ENOENT;
  if (optional && missing) return;
  places.error("environment.files", file.error->text(),
               missing ? "write \"-" + path + "\" if the file may be missing" : read_hint(*file.error));
}

/// Files first, then [env]; later wins.
std::vector<Position> complete_environment(const UnitPlaces& places, EnvironmentSpec& environment) {
  Variables all;
  for (const std::string& entry : environment.files) add_env_file(places, entry, all);
  const Entry* env = places.find("env");
  for (auto& [name, value] : environment.values) {
    const Entry* entry = env != nullptr ? env->value.find(name) : nullptr;
    all.push_back({std::move(name), std::move(value), entry != nullptr ? entry->at : Position{}});
  }
  keep_last_values(all);
  environment.values.clear();
  std::vector<Position> places_of_values;
  places_of_values.reserve(all.size());
  for (Variable& variable : all) {
    environment.values.emplace_back(std::move(variable.name), std::move(variable.value));
    places_of_values.push_back(variable.at);
  }
  return places_of_values;
}

}  // namespace

const Entry* UnitPlaces::find(std::string_view path) const {
  std::size_t dot = path.find('.');
  const Entry* entry = table_.find(path.substr(0, dot));
  if (dot == std::string_view::npos || entry == nullptr) return entry;
  return entry->value.find(path.substr(dot + 1));
}

void UnitPlaces::error(std::string_view path, std::string message, std::string hint) const {
  const Entry* entry = find(path);
  problems_.error(entry != nullptr ? entry->value.at : unit_, path, std::move(message), std::move(hint));
}

void check_unit(const UnitPlaces& places, UnitSpec& unit) {
  // Order that means nothing must not make two units different: a moved line is no change.
  std::ranges::stable_sort(unit.depends, {}, &Dependency::relation);
  if (unit.kind == Kind::target) return check_target(places);
  check_command(places, unit);
  check_delays(places, unit.restart);
  check_ready(places, unit.kind);
  check_input(places, unit.terminal);
}

std::vector<Position> complete_unit(const UnitPlaces& places, UnitSpec& unit) {
  if (unit.kind == Kind::target) return {};
  resolve_run_as(places, unit.run_as);
  std::vector<Position> variables = complete_environment(places, unit.environment);
  check_references(places, unit);
  return variables;
}

}  // namespace supd::config
