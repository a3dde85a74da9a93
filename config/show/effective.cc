#include "config/show/effective.hpp"

#include "config/keys/keys.hpp"

namespace supd::config {
namespace {

std::string position(SourcePos where, std::span<const std::string> files) {
  if (where.line == 0 || where.file >= files.size()) return {};
  return files[where.file] + ":" + std::to_string(where.line);
}

}  // namespace

std::vector<EffectiveValue> effective(const UnitSpec& unit, std::span<const std::string> files) {
  std::vector<EffectiveValue> values;
  std::string where = position(unit.where, files);
  UnitSpec fresh;
  fresh.kind = unit.kind;
  for (const Key<UnitSpec>& key : unit_keys()) {
    if (!key.built() || (key.needs_process && unit.kind == Kind::target)) continue;
    if (key.info.path == "env") {
      for (const auto& [name, value] : unit.environment.values) {
        values.push_back({"env." + name, toml_string(value), where});
      }
      continue;
    }
    std::string shown = key.show(unit);
    if (shown.empty()) continue;
    bool usual = shown == key.show(fresh) && (key.info.path != "kind" || unit.kind == Kind::service);
    values.push_back({std::string(key.info.path), std::move(shown), usual ? std::string() : where});
  }
  return values;
}

}  // namespace supd::config
