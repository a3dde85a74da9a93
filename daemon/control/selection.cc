#include "daemon/control/selection.hpp"

#include <algorithm>

#include "ctl/proto/outcome.hpp"
#include "units/base/glob.hpp"

namespace supd::control {
namespace {

constexpr int no_such_unit = static_cast<int>(proto::Outcome::no_such_unit);

std::unexpected<proto::RpcFault> unmatched(const Call& call, const std::string& pattern) {
  if (pattern.size() > call.bounds.pattern_bytes) return refuse(no_such_unit, "no unit has a name that long");
  if (is_glob(pattern)) return refuse(no_such_unit, "no unit matches \"" + pattern + "\"");
  if (pattern.starts_with('@')) return refuse(no_such_unit, "no such target: \"" + pattern.substr(1) + "\"");
  return refuse(no_such_unit, "no such unit: \"" + pattern + "\"", call.port.nearest_name(pattern));
}

std::vector<UnitId> find(const Call& call, const std::string& pattern) {
  if (pattern.size() > call.bounds.pattern_bytes) return {};
  return call.port.find(pattern);
}

bool too_many_globs(const Call& call) {
  auto costly = [](const std::string& pattern) { return is_glob(pattern) || pattern.starts_with('@'); };
  auto globs = std::ranges::count_if(call.params().units, costly);
  return static_cast<std::size_t>(globs) > call.bounds.globs;
}

}  // namespace

std::expected<std::vector<UnitId>, proto::RpcFault> select_units(const Call& call, IfNone if_none) {
  const auto& patterns = call.params().units;
  if (patterns.empty() && if_none == IfNone::all_units) return call.port.all_units();
  if (patterns.empty()) return refuse(proto::invalid_params, "units is missing: say which");
  if (too_many_globs(call)) {
    return refuse(proto::invalid_params, "more than " + std::to_string(call.bounds.globs) + " patterns in one request");
  }
  std::vector<UnitId> units;
  std::vector<bool> seen(call.port.unit_count());
  for (const std::string& pattern : patterns) {
    std::vector<UnitId> matched = find(call, pattern);
    if (matched.empty()) return unmatched(call, pattern);
    for (UnitId unit : matched) {
      if (!seen[unit.value]) units.push_back(unit);
      seen[unit.value] = true;
    }
  }
  return units;
}

std::expected<UnitId, proto::RpcFault> select_unit(const Call& call) {
  if (!call.params().unit) return refuse(proto::invalid_params, "unit is missing: say which");
  const std::string& name = *call.params().unit;
  std::vector<UnitId> matched = find(call, name);
  if (matched.empty()) return unmatched(call, name);
  if (matched.size() > 1) return refuse(proto::invalid_params, "\"" + name + "\" is more than one unit");
  return matched.front();
}

}  // namespace supd::control
