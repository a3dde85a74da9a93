#include "config/plan/plan.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "config/keys/keys.hpp"
#include "config/plan/key_changes.hpp"
#include "config/show/effective.hpp"

namespace supd::config {
namespace {

using ByName = std::unordered_map<std::string_view, const Unit*>;

ByName by_name(const std::vector<Unit>& units) {
  ByName index;
  index.reserve(units.size());
  for (const Unit& unit : units) index.emplace(unit.spec->name, &unit);
  return index;
}

bool same(const Unit& a, const Unit& b) { return a.spec == b.spec || *a.spec == *b.spec; }

class Comparer {
 public:
  Comparer(const Loaded& before, const Loaded& after) : before_(before), after_(after) {}

  Comparison run() {
    ByName old = by_name(before_.units);
    for (const Unit& unit : after_.units) {
      auto found = old.find(unit.spec->name);
      if (found == old.end()) {
        add(unit, Difference::added).starts = unit.spec->enabled && !unit.spec->masked;
      } else if (!same(*found->second, unit)) {
        add_changed(*found->second, unit);
      }
      add_bonds(*unit.spec);
    }
    ByName fresh = by_name(after_.units);
    for (const Unit& unit : before_.units) {
      if (!fresh.contains(unit.spec->name)) add(unit, Difference::removed);
    }
    out_.settings = setting_changes(before_.daemon, after_.daemon);
    out_.size = after_.units.size();
    return std::move(out_);
  }

 private:
  Comparison::Entry& add(const Unit& unit, Difference difference) {
    out_.units.push_back({{unit.spec->name, difference, Consequence::none, {}, {}}});
    return out_.units.back();
  }

  void add_changed(const Unit& old, const Unit& unit) {
    Comparison::Entry& entry = add(unit, Difference::changed);
    entry.change.keys = key_changes(old, unit, after_);
    auto replaces = [](const KeyChange& key) { return key.consequence == Consequence::restart; };
    entry.replaces = std::ranges::any_of(entry.change.keys, replaces);
    entry.starts = unit.spec->enabled && !old.spec->enabled && !unit.spec->masked;
  }

  void add_bonds(const UnitSpec& spec) {
    for (const Dependency& dependency : spec.depends) {
      if (dependency.relation == Relation::binds) out_.bonds.push_back({spec.name, dependency.unit});
    }
  }

  const Loaded& before_;
  const Loaded& after_;
  Comparison out_;
};

Consequence consequence_of(const Comparison::Entry& entry, UnitNow now) {
  switch (entry.change.difference) {
    case Difference::added: return entry.starts ? Consequence::start : Consequence::none;
    case Difference::removed: return now.alive ? Consequence::stop : Consequence::none;
    case Difference::changed:
    case Difference::same: break;
  }
  if (entry.replaces && (now.wanted || now.alive)) return Consequence::restart;
  if (entry.starts && !now.wanted) return Consequence::start;
  return now.alive ? Consequence::live : Consequence::none;
}

/// Who restarts along: binds to something that does, however far away.
class Bonds {
 public:
  Bonds(Plan& plan, const std::vector<Comparison::Bond>& bonds, const std::function<UnitNow(std::string_view)>& now)
      : plan_(plan), now_(now) {
    for (const Comparison::Bond& bond : bonds) bound_[bond.to].push_back(bond.from);
    for (std::size_t i = 0; i < plan.units.size(); ++i) places_.emplace(plan.units[i].unit, i);
  }

  void follow() {
    for (const UnitChange& change : plan_.units) {
      if (change.consequence == Consequence::restart) restarting_.push_back(change.unit);
    }
    for (std::size_t i = 0; i < restarting_.size(); ++i) {
      std::string other = restarting_[i];
      auto found = bound_.find(other);
      if (found == bound_.end()) continue;
      for (std::string_view unit : found->second) take_along(std::string(unit), other);
    }
  }

 private:
  void take_along(const std::string& unit, const std::string& other) {
    std::string reason = "binds " + other + ", which restarts";
    auto place = places_.find(unit);
    if (place == places_.end()) {
      if (!now_(unit).alive) return;
      places_.emplace(unit, plan_.units.size());
      plan_.units.push_back({unit, Difference::same, Consequence::restart, std::move(reason), {}});
    } else {
      UnitChange& change = plan_.units[place->second];
      if (change.consequence != Consequence::live) return;
      change.consequence = Consequence::restart;
      change.reason = std::move(reason);
    }
    restarting_.push_back(unit);
  }

  Plan& plan_;
  const std::function<UnitNow(std::string_view)>& now_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> bound_;  ///< by what they are bound to
  std::unordered_map<std::string, std::size_t> places_;                        ///< in plan_.units
  std::vector<std::string> restarting_;
};

}  // namespace

Plan make_plan(const Loaded& before, const Loaded& after, const std::function<UnitNow(std::string_view)>& now) {
  return settle(compare(before, after), now);
}

Comparison compare(const Loaded& before, const Loaded& after) { return Comparer(before, after).run(); }

Plan settle(Comparison comparison, const std::function<UnitNow(std::string_view)>& now) {
  Plan plan;
  plan.settings = std::move(comparison.settings);
  plan.units.reserve(comparison.units.size());
  bool any_restart = false;
  for (Comparison::Entry& entry : comparison.units) {
    entry.change.consequence = consequence_of(entry, now(entry.change.unit));
    any_restart = any_restart || entry.change.consequence == Consequence::restart;
    plan.units.push_back(std::move(entry.change));
  }
  if (any_restart) Bonds(plan, comparison.bonds, now).follow();
  auto is_gone = [](const UnitChange& change) { return change.difference == Difference::removed; };
  auto gone = static_cast<std::size_t>(std::ranges::count_if(plan.units, is_gone));
  plan.unchanged = comparison.size - (plan.units.size() - gone);
  return plan;
}

std::string_view word(Difference difference) {
  switch (difference) {
    case Difference::added: return "added";
    case Difference::removed: return "removed";
    case Difference::changed: return "changed";
    case Difference::same: return "same";
  }
  std::unreachable();
}

std::string_view word(Consequence consequence) {
  switch (consequence) {
    case Consequence::none: return "none";
    case Consequence::live: return "live";
    case Consequence::restart: return "restart";
    case Consequence::start: return "start";
    case Consequence::stop: return "stop";
  }
  std::unreachable();
}

}  // namespace supd::config
