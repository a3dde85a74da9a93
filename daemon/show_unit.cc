#include "daemon/show_unit.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "config/plan/plan.hpp"
#include "config/show/effective.hpp"
#include "config/show/to_toml.hpp"
#include "config/text/value.hpp"
#include "ctl/proto/fields.hpp"
#include "daemon/process/environment.hpp"

namespace supd {
namespace {

constexpr std::string_view prefix = "env.";
constexpr std::string_view left_out = "…";

bool is_hidden(std::string_view variable, bool reveal) { return !reveal && config::looks_secret(variable); }

/// Set by supd for the user that the unit runs as (login(1)).
bool is_of_user(std::string_view name, const RunAsSpec& run_as) {
  constexpr std::array<std::string_view, 4> names{"HOME", "LOGNAME", "SHELL", "USER"};
  return run_as.set_uid && std::ranges::find(names, name) != names.end();
}

std::string source_of(std::string_view name, const UnitSpec& unit) {
  if (name == "SUPD_UNIT" || name == process::run_variable) return "supd";
  return is_of_user(name, unit.run_as) ? "run_as.user" : "inherited";
}

}  // namespace

std::vector<proto::ShownValue> show_keys(const config::Unit& unit, const config::Loaded& loaded, bool reveal) {
  std::vector<proto::ShownValue> values;
  for (config::EffectiveValue& value : config::effective(unit, loaded)) {
    bool variable = value.key.starts_with(prefix);
    if (variable && is_hidden(std::string_view(value.key).substr(prefix.size()), reveal)) {
      value.value = config::toml_string(left_out);
    }
    values.push_back({std::move(value.key), std::move(value.value), std::move(value.where)});
  }
  if (unit.spec->masked) values.push_back({"masked", "true", loaded.overrides.file});
  return values;
}

std::vector<proto::ShownValue> show_log_figures(const UnitStatus& status) {
  std::vector<proto::ShownValue> values;
  auto add = [&](const auto& field, auto number) {
    if (number == 0 && !field.always) return;
    values.push_back({"now." + std::string(field.name), std::to_string(number), "counted by supd"});
  };
  for (const auto& field : proto::FieldsOf<UnitStatus>::table) {
    if (field.name.find("log_") == field.name.npos && !field.name.starts_with("journal_")) continue;
    if (const auto* count = std::get_if<std::uint64_t UnitStatus::*>(&field.member)) add(field, status.*(*count));
    if (const auto* time = std::get_if<std::int64_t UnitStatus::*>(&field.member)) add(field, status.*(*time));
  }
  return values;
}

std::vector<proto::ShownValue> show_environment(const config::Unit& unit, const config::Loaded& loaded, RunId run,
                                                bool reveal) {
  const UnitSpec& spec = *unit.spec;
  if (spec.kind == Kind::target) return {};
  std::unordered_map<std::string, std::string> places;
  for (config::EffectiveValue& value : config::effective(unit, loaded)) {
    if (value.key.starts_with(prefix)) places.emplace(value.key, value.where);
  }
  process::Environment environment(spec.name, spec.environment, spec.run_as, environ);
  std::vector<proto::ShownValue> values;
  for (const char* const* at = environment.for_run(run); *at != nullptr; ++at) {
    std::string_view entry(*at);
    std::string_view name = entry.substr(0, entry.find('='));
    std::string_view value = is_hidden(name, reveal) ? left_out : entry.substr(name.size() + 1);
    std::string key = std::string(prefix) + std::string(name);
    auto place = places.find(key);
    std::string where = place != places.end() ? place->second : source_of(name, spec);
    values.push_back({std::move(key), config::toml_string(value), std::move(where)});
  }
  std::ranges::sort(values, {}, &proto::ShownValue::key);
  return values;
}

std::string show_toml(const UnitSpec& unit, bool reveal) {
  UnitSpec shown = unit;
  bool hidden = false;
  for (auto& [name, value] : shown.environment.values) {
    if (!is_hidden(name, reveal)) continue;
    value = left_out;
    hidden = true;
  }
  std::string text = hidden ? "# What looks secret is left out: see --reveal.\n" : "";
  return text + config::to_toml(shown);
}

}  // namespace supd
