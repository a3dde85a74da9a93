// Supervisor::reconfigure: another configuration, while units run.

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "units/supervisor.hpp"

namespace supd {
namespace {

std::uint64_t pair_of(const Edge& edge) { return std::uint64_t{edge.from.value} << 32U | edge.to.value; }

/// What a unit depended on before, by name: how strongly at most.
class Before {
 public:
  explicit Before(const UnitSpec& spec) {
    for (const Dependency& each : spec.depends) {
      if (!starts(each.relation)) continue;
      bool& bound = names_[each.unit];
      bound = bound || each.relation == Relation::binds;
    }
  }
  [[nodiscard]] bool has(std::string_view name) const { return names_.contains(name); }
  [[nodiscard]] bool bound(std::string_view name) const {
    auto found = names_.find(name);
    return found != names_.end() && found->second;
  }

 private:
  std::unordered_map<std::string_view, bool> names_;  ///< whether it was bound to it
};

}  // namespace

class Supervisor::Takeover {
 public:
  Takeover(Supervisor& core, Reconfiguration change) : core_(core), change_(std::move(change)) {}

  /// Finds a slot for every unit and builds the graph; changes nothing outside.
  [[nodiscard]] std::expected<void, std::vector<GraphError>> prepare();
  /// From here on it is the core's configuration. Gives all wishes that follow.
  void carry_out(Instant now, Actions& out);

 private:
  /// A unit that stays, with another spec than before.
  struct Changed {
    UnitId unit;
    SpecPtr before;
  };

  void place();
  [[nodiscard]] UnitId free_slot();
  void add_leftovers();
  void keep_apart(std::vector<Edge>& musts) const;
  [[nodiscard]] bool leaves(UnitId unit) const {
    return core_.places_[unit.value] == Place::leaving || (core_.known(unit) && !stays_[unit.value]);
  }

  void settle_causes();
  void adopt(Instant now, Actions& out);
  void rebuild_memory();
  void wish_for_removed();
  void wish_for_new();
  void wish_for_changed(const Changed& changed);
  void wish_for_restarts();
  void wish_for_new_dependencies(const Changed& changed);
  void free_from(UnitId unit);
  void mark_new_bonds(const Changed& changed);

  Supervisor& core_;
  Reconfiguration change_;
  Graph graph_;
  std::vector<UnitId> ids_;          ///< of change_.units
  std::uint32_t slots_ = 0;          ///< afterwards
  std::uint32_t next_free_ = 0;      ///< slots below it are taken
  std::vector<bool> stays_;          ///< by old slot: a member before and after
  std::vector<UnitId> removed_;      ///< members before, and not after
  std::vector<UnitId> added_;        ///< members after, and not before
  std::vector<UnitId> shall_start_;  ///< of added_
  std::vector<Changed> changed_;     ///< members before and after
};

void Supervisor::Takeover::place() {
  slots_ = core_.size();
  stays_.assign(slots_, false);
  ids_.reserve(change_.units.size());
  for (const SpecPtr& spec : change_.units) {
    UnitId old = core_.find(spec->name);
    bool stays = old.valid() && core_.spec(old).kind == spec->kind;
    ids_.push_back(stays ? old : free_slot());
    if (stays) {
      stays_[old.value] = true;
      continue;
    }
    added_.push_back(ids_.back());
    bool up = old.valid() ? core_.state(old).wanted : spec->enabled;
    if (up) shall_start_.push_back(ids_.back());
  }
  for (UnitId unit : core_.units_) {
    if (!stays_[unit.value]) removed_.push_back(unit);
  }
}

UnitId Supervisor::Takeover::free_slot() {
  while (next_free_ < core_.size() && core_.places_[next_free_] != Place::empty) ++next_free_;
  if (next_free_ < core_.size()) return UnitId{next_free_++};
  return UnitId{slots_++};
}

std::expected<void, std::vector<GraphError>> Supervisor::Takeover::prepare() {
  place();
  auto graph = Graph::build(change_.units, ids_, slots_);
  if (!graph) return std::unexpected(std::move(graph.error()));
  graph_ = std::move(*graph);
  add_leftovers();
  return {};
}

/// Old edges at units that leave. Those that start there must stay: what leaves stops before what it depended
/// on. There is no cycle in them: edges never lead from a unit that stays back to one that left before it,
/// but for those below. Those that end there are worth keeping for a dependent that restarts right now and
/// shall go down first; they are dropped together when they would contradict the new configuration.
void Supervisor::Takeover::add_leftovers() {
  std::vector<Edge> musts, wishes;
  for (const Edge& old : core_.graph_.edges()) {
    if (!core_.known(old.from) || !core_.known(old.to)) continue;
    bool from_leaves = leaves(old.from), to_leaves = leaves(old.to);
    if (!from_leaves && !to_leaves) continue;
    const UnitState& from = core_.states_[old.from.value];
    if (!core_.states_[old.to.value].alive()) continue;
    Edge edge = old;
    edge.leftover = true;
    if (edge.relation == Relation::conflicts) {
      if (!from_leaves) musts.push_back(edge);
      continue;
    }
    edge.relation = Relation::after;
    if (from.alive()) (from_leaves ? musts : wishes).push_back(edge);
  }
  keep_apart(musts);
  graph_.add_leftovers(musts, wishes);
}

/// A new unit waits for the last process of one that had its name.
void Supervisor::Takeover::keep_apart(std::vector<Edge>& musts) const {
  std::unordered_map<std::string_view, std::vector<UnitId>> leaving;
  for (std::uint32_t i = 0; i < core_.size(); ++i) {
    UnitId unit{i};
    if (leaves(unit) && core_.state(unit).alive()) leaving[core_.spec(unit).name].push_back(unit);
  }
  if (leaving.empty()) return;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    auto found = leaving.find(change_.units[i]->name);
    if (found == leaving.end()) continue;
    for (UnitId old : found->second) {
      musts.push_back({.from = ids_[i], .to = old, .relation = Relation::conflicts, .leftover = true});
    }
  }
}

void Supervisor::Takeover::carry_out(Instant now, Actions& out) {
  for (UnitId unit : removed_) core_.places_[unit.value] = Place::leaving;
  settle_causes();
  adopt(now, out);
  rebuild_memory();
  wish_for_removed();
  wish_for_new();
  wish_for_restarts();
  for (const Changed& changed : changed_) wish_for_changed(changed);
}

/// The slots of those that leave will be used again: causes keep their names instead, or refer to the new unit of
/// that name.
void Supervisor::Takeover::settle_causes() {
  if (removed_.empty()) return;
  std::unordered_map<UnitId, std::shared_ptr<const std::string>> names;
  auto settle = [&](Cause& cause) {
    if (!cause.other.valid() || !leaves(cause.other)) return;
    const UnitId gone = std::exchange(cause.other, graph_.find(core_.spec(cause.other).name));
    if (cause.other.valid()) return;
    auto& name = names[gone];
    if (!name) name = std::make_shared<const std::string>(core_.spec(gone).name);
    cause.gone_name = name;
  };
  for (UnitState& state : core_.states_) {
    settle(state.cause);
    settle(state.intent_cause);
  }
}

void Supervisor::Takeover::adopt(Instant now, Actions& out) {
  core_.specs_.resize(slots_);
  core_.places_.resize(slots_, Place::empty);
  core_.states_.resize(slots_);
  core_.counts_.resize(slots_);
  core_.dirty_flag_.resize(slots_, false);
  for (UnitId unit : added_) {
    core_.places_[unit.value] = Place::member;
    core_.states_[unit.value] = {.id = unit, .since = now};
    core_.specs_[unit.value].reset();
  }
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    SpecPtr& spec = core_.specs_[ids_[i].value];
    if (spec == change_.units[i]) continue;
    SpecPtr before = std::exchange(spec, change_.units[i]);
    if (before) changed_.push_back({ids_[i], std::move(before)});
    Action& action = out.emplace_back();
    action.kind = ActionKind::adopt;
    action.unit = ids_[i];
  }
  core_.units_ = std::move(ids_);
}

/// Counts and gates are made anew from the states.
void Supervisor::Takeover::rebuild_memory() {
  std::unordered_set<std::uint64_t> fresh;
  for (EdgeIndex i = 0; i < core_.edge_memory_.size(); ++i) {
    if (core_.edge_memory_[i].fresh) fresh.insert(pair_of(core_.graph_.edges()[i]));
  }
  core_.graph_ = std::move(graph_);
  core_.edge_memory_.assign(core_.graph_.edges().size(), {});
  for (EdgeIndex i = 0; !fresh.empty() && i < core_.edge_memory_.size(); ++i) {
    const Edge& edge = core_.graph_.edges()[i];
    core_.edge_memory_[i].fresh = edge.relation == Relation::binds && fresh.contains(pair_of(edge));
  }
  for (const Changed& changed : changed_) mark_new_bonds(changed);
  std::ranges::fill(core_.counts_, Counts{});
  for (std::uint32_t i = 0; i < slots_; ++i) {
    if (!core_.known(UnitId{i})) continue;
    core_.look_at_edges(UnitId{i});
    core_.mark_dirty(UnitId{i});
  }
}

/// Marks new bonds of a unit that is up.
void Supervisor::Takeover::mark_new_bonds(const Changed& changed) {
  if (!core_.state(changed.unit).alive() || changed.before->depends == core_.spec(changed.unit).depends) return;
  Before before(*changed.before);
  for (EdgeIndex index : core_.graph_.dependencies(changed.unit)) {
    const Edge& edge = core_.graph_.edges()[index];
    if (edge.relation != Relation::binds || before.bound(core_.spec(edge.to).name)) continue;
    core_.edge_memory_[index].fresh = true;
  }
}

void Supervisor::Takeover::wish_for_removed() {
  for (UnitId unit : removed_) {
    bool comes_again = core_.find(core_.spec(unit).name).valid();
    core_.ask(unit, EventKind::stop_asked, {.kind = comes_again ? CauseKind::reconfigured : CauseKind::removed});
  }
}

void Supervisor::Takeover::wish_for_new() {
  for (UnitId unit : shall_start_) core_.ask(unit, EventKind::start_asked, {.kind = CauseKind::reconfigured});
}

void Supervisor::Takeover::wish_for_restarts() {
  for (const std::string& name : change_.restart) {
    UnitId unit = core_.find(name);
    if (!unit.valid() || core_.spec(unit).kind == Kind::target || !core_.state(unit).wanted) continue;
    core_.ask(unit, EventKind::bounce_asked, {.kind = CauseKind::reconfigured});
  }
}

void Supervisor::Takeover::wish_for_changed(const Changed& changed) {
  const UnitSpec& spec = core_.spec(changed.unit);
  const UnitState& state = core_.state(changed.unit);
  bool will_start = state.state == State::waiting || state.state == State::backoff ||
                    (state.state == State::failed && state.timer != 0);
  if (spec.masked && will_start) core_.ask(changed.unit, EventKind::stop_asked, {.kind = CauseKind::masked});
  if (!state.wanted || changed.before->depends == spec.depends) return;
  if (state.state == State::failed) return free_from(changed.unit);
  bool up = state.alive() || state.state == State::waiting || state.state == State::backoff;
  if (up) wish_for_new_dependencies(changed);
}

/// What failed only because of a unit that it does not depend on any more is tried again.
void Supervisor::Takeover::free_from(UnitId unit) {
  const Cause& cause = core_.state(unit).cause;
  if (cause.kind != CauseKind::dependency_failed) return;
  for (EdgeIndex index : core_.graph_.dependencies(unit)) {
    const Edge& edge = core_.graph_.edges()[index];
    if (edge.to == cause.other && insists(edge.relation)) return;
  }
  core_.ask(unit, EventKind::start_asked, {.kind = CauseKind::reconfigured});
}

void Supervisor::Takeover::wish_for_new_dependencies(const Changed& changed) {
  Before before(*changed.before);
  for (EdgeIndex index : core_.graph_.dependencies(changed.unit)) {
    const Edge& edge = core_.graph_.edges()[index];
    const UnitState& other = core_.state(edge.to);
    if (!starts(edge.relation) || before.has(core_.spec(edge.to).name)) continue;
    bool idle = !other.wanted && other.state != State::completed;
    bool failed = other.state == State::failed;
    if (!idle && !failed) continue;
    Cause cause{.kind = failed ? CauseKind::reconfigured : CauseKind::needed};
    cause.other = changed.unit;
    core_.ask(edge.to, EventKind::start_asked, cause);
  }
}

std::expected<void, std::vector<GraphError>> Supervisor::reconfigure(Reconfiguration change, Instant now,
                                                                     Actions& out) {
  if (shutting_down_) return std::unexpected(std::vector<GraphError>{{.message = "supd shuts down"}});
  spread(now, out);  // before boot(), edges wait for their first look
  Takeover takeover(*this, std::move(change));
  if (auto prepared = takeover.prepare(); !prepared) return prepared;
  takeover.carry_out(now, out);
  spread(now, out);
  return {};
}

}  // namespace supd
