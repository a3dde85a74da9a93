#include "config/load/unit_rules.hpp"

#include <algorithm>

#include "config/keys/keys.hpp"
#include "units/base/quantity.hpp"

namespace supd::config {
namespace {

void check_target(const UnitPlaces& places) {
  for (const Key<UnitSpec>& key : unit_keys()) {
    const Entry* entry = key.needs_process ? places.find(key.info.path) : nullptr;
    if (entry == nullptr) continue;
    places.problems().error(entry->at, key.info.path, "a target has no process, so this has no meaning for it",
                            "remove it, or write kind = \"service\" or kind = \"task\"");
  }
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

/// Order that means nothing must not make two units different: a moved line is no change.
void put_in_order(UnitSpec& unit) {
  std::ranges::sort(unit.environment.values);
  std::ranges::stable_sort(unit.depends, {}, &Dependency::relation);
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

void finish_unit(const UnitPlaces& places, UnitSpec& unit) {
  put_in_order(unit);
  if (unit.kind == Kind::target) return check_target(places);
  check_command(places, unit);
  check_delays(places, unit.restart);
  check_ready(places, unit.kind);
  resolve_run_as(places, unit.run_as);
  read_environment_files(places, unit.environment);
}

}  // namespace supd::config
