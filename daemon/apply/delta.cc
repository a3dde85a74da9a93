#include "daemon/apply/delta.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace supd::apply {
namespace {

/// Finds units by name. Two configurations have most units in the same order: then no index is needed.
class Finder {
 public:
  explicit Finder(const config::Loaded& loaded) : units_(loaded.units) {}

  const config::Unit* find(std::string_view name) {
    if (next_ < units_.size() && units_[next_].spec->name == name) return &units_[next_++];
    if (places_.empty()) index();
    auto found = places_.find(name);
    if (found == places_.end()) return nullptr;
    next_ = found->second + 1;
    return &units_[found->second];
  }

 private:
  void index() {
    places_.reserve(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) places_.emplace(units_[i].spec->name, i);
  }

  const std::vector<config::Unit>& units_;
  std::unordered_map<std::string_view, std::size_t> places_;
  std::size_t next_ = 0;
};

/// Such a unit may restart because another one does.
bool goes_along(const config::Unit& unit) {
  return std::ranges::any_of(unit.spec->depends,
                             [](const Dependency& dependency) { return dependency.relation == Relation::binds; });
}

/// The units of `loaded` that are needed beside those of `other`.
void cut_down(const config::Loaded& loaded, const config::Loaded& other, config::Loaded& out) {
  Finder others(other);
  out.files = loaded.files;
  out.daemon = loaded.daemon;
  out.overrides.file = loaded.overrides.file;
  for (const config::Unit& unit : loaded.units) {
    const config::Unit* counterpart = others.find(unit.spec->name);
    bool same = counterpart != nullptr && counterpart->spec == unit.spec;
    if (!same || goes_along(unit)) out.units.push_back(unit);
  }
}

}  // namespace

Delta delta_of(const config::Loaded& before, const config::Loaded& after) {
  Delta delta;
  cut_down(before, after, delta.before);
  cut_down(after, before, delta.after);
  delta.left_out = after.units.size() - delta.after.units.size();
  return delta;
}

void keep_equal(const config::Loaded& before, config::Loaded& after) {
  Finder old(before);
  for (config::Unit& unit : after.units) {
    const config::Unit* found = old.find(unit.spec->name);
    if (found == nullptr || found->spec == unit.spec) continue;
    if (*found->spec == *unit.spec) unit.spec = found->spec;
  }
}

config::Plan plan_of(const Delta& delta, bool back, const std::function<config::UnitNow(std::string_view)>& now) {
  config::Plan plan =
      back ? config::make_plan(delta.after, delta.before, now) : config::make_plan(delta.before, delta.after, now);
  plan.unchanged += delta.left_out;
  return plan;
}

}  // namespace supd::apply
