#include "config/plan/plan.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
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

class Planner {
 public:
  Planner(const Loaded& before, const Loaded& after, const std::function<UnitNow(std::string_view)>& now)
      : before_(before), after_(after), now_(now) {}

  Plan run() {
    ByName old = by_name(before_.units);
    for (const Unit& unit : after_.units) {
      auto found = old.find(unit.spec->name);
      if (found == old.end()) {
        add_new(unit);
      } else if (!same(*found->second, unit)) {
        add_changed(*found->second, unit);
      }
    }
    ByName fresh = by_name(after_.units);
    for (const Unit& unit : before_.units) {
      if (!fresh.contains(unit.spec->name)) add_removed(unit);
    }
    add_bound();
    plan_.settings = setting_changes(before_.daemon, after_.daemon);
    auto is_new = [](const UnitChange& change) { return change.difference == Difference::removed; };
    std::size_t gone = static_cast<std::size_t>(std::ranges::count_if(plan_.units, is_new));
    plan_.unchanged = after_.units.size() - (plan_.units.size() - gone);
    return std::move(plan_);
  }

 private:
  void add_new(const Unit& unit) {
    bool starts = unit.spec->enabled && !unit.spec->masked;
    plan_.units.push_back(
        {unit.spec->name, Difference::added, starts ? Consequence::start : Consequence::none, {}, {}});
  }

  void add_removed(const Unit& unit) {
    bool up = now_(unit.spec->name).alive;
    plan_.units.push_back({unit.spec->name, Difference::removed, up ? Consequence::stop : Consequence::none, {}, {}});
  }

  void add_changed(const Unit& old, const Unit& unit) {
    UnitChange change{unit.spec->name, Difference::changed, Consequence::none, {}, key_changes(old, unit, after_)};
    bool replace =
        std::ranges::any_of(change.keys, [](const KeyChange& key) { return key.consequence == Consequence::restart; });
    UnitNow now = now_(unit.spec->name);
    bool becomes_enabled = unit.spec->enabled && !old.spec->enabled && !unit.spec->masked;
    if (replace && (now.wanted || now.alive)) {
      change.consequence = Consequence::restart;
    } else if (becomes_enabled && !now.wanted) {
      change.consequence = Consequence::start;
    } else if (now.alive) {
      change.consequence = Consequence::live;
    }
    plan_.units.push_back(std::move(change));
  }

  /// Who restarts along: binds to something that does, however far away.
  void add_bound() {
    std::unordered_set<std::string_view> planned;
    std::vector<std::string_view> restarting;
    for (const UnitChange& change : plan_.units) {
      planned.insert(change.unit);
      if (change.consequence == Consequence::restart) restarting.push_back(change.unit);
    }
    if (restarting.empty()) return;
    std::unordered_map<std::string_view, std::vector<const UnitSpec*>> bound = who_binds();
    std::vector<UnitChange> along;
    for (std::size_t i = 0; i < restarting.size(); ++i) {
      for (const UnitSpec* spec : bound[restarting[i]]) {
        if (planned.contains(spec->name) || !now_(spec->name).alive) continue;
        planned.insert(spec->name);
        restarting.push_back(spec->name);
        along.push_back({spec->name,
                         Difference::same,
                         Consequence::restart,
                         "binds " + std::string(restarting[i]) + ", which restarts",
                         {}});
      }
    }
    std::ranges::move(along, std::back_inserter(plan_.units));
  }

  [[nodiscard]] std::unordered_map<std::string_view, std::vector<const UnitSpec*>> who_binds() const {
    std::unordered_map<std::string_view, std::vector<const UnitSpec*>> bound;
    for (const Unit& unit : after_.units) {
      for (const Dependency& dependency : unit.spec->depends) {
        if (dependency.relation == Relation::binds) bound[dependency.unit].push_back(unit.spec.get());
      }
    }
    return bound;
  }

  const Loaded& before_;
  const Loaded& after_;
  const std::function<UnitNow(std::string_view)>& now_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const Loaded& before, const Loaded& after, const std::function<UnitNow(std::string_view)>& now) {
  return Planner(before, after, now).run();
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
