#include "config/show/effective.hpp"

#include <algorithm>

#include "config/keys/keys.hpp"

namespace supd::config {
namespace {

/// Where a key, or an item of it, was written.
std::string place(const Unit& unit, const Loaded& loaded, std::size_t key, std::size_t item) {
  const auto& values = unit.origins->values;
  auto found =
      std::ranges::find_if(values, [&](const Origin& origin) { return origin.key == key && origin.item == item; });
  if (found == values.end() || found->file >= loaded.files.size()) return {};
  const std::string& file = loaded.files[found->file];
  return found->line != 0 ? file + ":" + std::to_string(found->line) : file;
}

void add_variables(std::vector<EffectiveValue>& values, const Unit& unit, const Loaded& loaded, std::size_t key) {
  const auto& variables = unit.spec->environment.values;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    values.push_back({"env." + variables[i].first, toml_string(variables[i].second), place(unit, loaded, key, i)});
  }
}

}  // namespace

std::vector<EffectiveValue> effective(const Unit& unit, const Loaded& loaded) {
  std::vector<EffectiveValue> values;
  const UnitSpec& spec = *unit.spec;
  for (std::size_t i = 0; i < unit_keys().size(); ++i) {
    const Key<UnitSpec>& key = unit_keys()[i];
    if (!key.built() || (key.needs_process && spec.kind == Kind::target)) continue;
    if (key.info.path == "env") {
      add_variables(values, unit, loaded, i);
      continue;
    }
    std::string shown = key.show(spec);
    if (!shown.empty()) values.push_back({std::string(key.info.path), std::move(shown), place(unit, loaded, i, 0)});
  }
  return values;
}

}  // namespace supd::config
