#include "config/lint/lint_units.hpp"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "config/lint/shared_values.hpp"
#include "config/text/diagnostic.hpp"
#include "config/text/value.hpp"
#include "units/base/expand.hpp"

namespace supd::config {
namespace {

/// "web" of web:2; the name itself when it is none of a set.
std::string_view set_of(const UnitSpec& unit) {
  std::string_view name = unit.name;
  return unit.replica == 0 ? name : name.substr(0, name.rfind(':'));
}

bool same_set(const UnitSpec& a, const UnitSpec& b) {
  return a.replica != 0 && b.replica != 0 && set_of(a) == set_of(b);
}

/// One pass over all units. Borrows them.
class Lint {
 public:
  Lint(std::span<const SpecPtr> units, const Warn& warn) : units_(units), warn_(warn) {
    for (const SpecPtr& unit : units_) {
      by_name_.emplace(unit->name, unit.get());
      for (const Dependency& dependency : unit->depends) {
        if (dependency.relation == Relation::conflicts) conflicts_.insert(pair_of(unit->name, dependency.unit));
      }
    }
  }

  void look() {
    for (const SpecPtr& unit : units_) {
      if (unit->masked) continue;
      look_at_requirements(*unit);
      if (unit->kind == Kind::target) continue;
      if (unit->log.file && !has_references(unit->log.path)) claim(logs_, *unit, "log.path", unit->log.path);
      claim(pidfiles_, *unit, "command", pidfile_of(*unit));
      for (const Port& port : ports_of(*unit)) claim_port(*unit, port);
    }
  }

 private:
  using Owners = std::unordered_map<std::string, const UnitSpec*>;

  static std::string pair_of(std::string_view a, std::string_view b) { return std::string(a) + '\n' + std::string(b); }

  /// The unit of that name; of a set, which is a target, its first replica; nullptr when there is none.
  const UnitSpec* process_of(std::string_view name) const {
    auto found = by_name_.find(name);
    if (found == by_name_.end() || found->second->kind != Kind::target || !found->second->replicas) {
      return found == by_name_.end() ? nullptr : found->second;
    }
    auto first = by_name_.find(std::string(name) + ":1");
    return first == by_name_.end() ? nullptr : first->second;
  }

  /// Warns once of each service that somebody requires, at the first who does.
  void look_at_requirements(const UnitSpec& unit) {
    for (const Dependency& dependency : unit.depends) {
      bool strict = dependency.relation == Relation::requires_ || dependency.relation == Relation::binds;
      if (!strict || dependency.condition != Condition::ready) continue;
      const UnitSpec* other = process_of(dependency.unit);
      if (other == nullptr || other->kind != Kind::service || other->ready_given.yes) continue;
      if (!told_.insert(set_of(*other)).second) continue;
      std::string key = "depends." + std::string(word(dependency.relation));
      warn_(unit, dependency.where, key,
            in_quotes(other->name) + " counts as ready as soon as it is spawned: it does not say when it is ready",
            "if that is meant, write in " + in_quotes(set_of(*other)) + ": ready.on = \"spawn\"");
    }
  }

  bool may_share(const UnitSpec& a, const UnitSpec& b) const {
    return &a == &b || conflicts_.contains(pair_of(a.name, b.name)) || conflicts_.contains(pair_of(b.name, a.name));
  }

  /// `what` says what the two have in common: "log.path "/x"".
  void complain(const UnitSpec& unit, const UnitSpec& other, std::string_view key, const std::string& what) {
    if (may_share(unit, other)) return;
    if (!same_set(unit, other)) {
      warn_(unit, unit.where, key, what + " is also that of " + in_quotes(other.name), "give each of the two its own");
      return;
    }
    if (!told_of_sets_.insert(pair_of(set_of(unit), what)).second) return;
    warn_(unit, unit.where, key, what + " is that of all replicas of " + in_quotes(set_of(unit)),
          "write ${REPLICA} into it, so that each has its own");
  }

  void claim(Owners& owners, const UnitSpec& unit, std::string_view key, const std::string& value) {
    if (value.empty()) return;
    auto [owner, is_new] = owners.try_emplace(value, &unit);
    if (!is_new) complain(unit, *owner->second, key, (&owners == &logs_ ? "log file " : "pidfile ") + in_quotes(value));
  }

  /// Who listens on any address listens on each.
  void claim_port(const UnitSpec& unit, const Port& port) {
    std::string what = "port " + port.number;
    auto [any_user, first_of_all] = port_users_.try_emplace(port.number, &unit);
    auto [user, is_new] = port_users_.try_emplace(port.number + " " + port.address, &unit);
    if (!is_new) return complain(unit, *user->second, port.key, what);
    if (first_of_all) return;
    auto everywhere = port_users_.find(port.number + " ");
    if (port.address.empty()) return complain(unit, *any_user->second, port.key, what);
    if (everywhere != port_users_.end()) complain(unit, *everywhere->second, port.key, what);
  }

  std::span<const SpecPtr> units_;
  const Warn& warn_;
  std::unordered_map<std::string_view, const UnitSpec*> by_name_;
  std::unordered_set<std::string> conflicts_;  ///< "A\nB": A is in conflict with B
  std::unordered_set<std::string_view> told_;  ///< services that are not clear about being ready
  std::unordered_set<std::string> told_of_sets_;
  Owners logs_, pidfiles_;
  Owners port_users_;  ///< of "PORT ADDRESS", and the first user of "PORT", whatever the address
};

}  // namespace

void lint_units(std::span<const SpecPtr> units, const Warn& warn) { Lint(units, warn).look(); }

}  // namespace supd::config
