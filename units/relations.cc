#include "units/relations.hpp"

#include <utility>

namespace supd {
namespace {

bool ended_by_itself(const UnitState& unit) {
  if (unit.state == State::completed) return true;
  bool by_exit = unit.cause.kind == CauseKind::process_exited || unit.cause.kind == CauseKind::gave_up;
  return unit.state == State::failed && by_exit;
}

bool satisfied(Condition condition, const UnitState& on, Kind kind) {
  bool up = on.state == State::running && on.intent == Intent::none;
  switch (condition) {
    case Condition::started: return up || on.state == State::completed;
    case Condition::ready: return kind == Kind::task ? on.state == State::completed : up;
    case Condition::completed: return on.state == State::completed;
    case Condition::exited: return ended_by_itself(on);
  }
  std::unreachable();
}

/// The other unit is on its way up, or will be when what it does now is over.
bool coming(const UnitState& on) {
  switch (on.state) {
    case State::waiting:
    case State::starting:
    case State::backoff: return true;
    case State::running:
    case State::stopping: return on.wanted && on.intent != Intent::fail;
    case State::inactive:
    case State::completed:
    case State::failed: return false;
  }
  std::unreachable();
}

/// The dependent needs the other unit for as long as it lives, not only at its start.
bool for_life(const Edge& edge, Kind kind) {
  bool at_start_only = edge.condition == Condition::completed || edge.condition == Condition::exited;
  return insists(edge.relation) && kind != Kind::task && !at_start_only;
}

}  // namespace

Gate gate(const Edge& edge, const UnitState& on, Kind kind) {
  if (edge.relation == Relation::conflicts) return on.alive() ? Gate::wait : Gate::open;
  if (edge.leftover) return Gate::open;
  // What is needed for life and has ended would pull the dependent down as soon as it is up.
  if (on.state == State::completed && for_life(edge, kind)) return Gate::stopped;
  if (satisfied(edge.condition, on, kind)) return Gate::open;
  if (coming(on) || on.alive()) return Gate::wait;
  if (!insists(edge.relation)) return Gate::open;
  return on.state == State::failed ? Gate::failed : Gate::stopped;
}

Pull pull(const Edge& edge, const UnitState& on, Kind kind) {
  if (!for_life(edge, kind)) return Pull::none;
  if (on.state == State::failed || on.intent == Intent::fail) return Pull::fail;
  bool down = on.state == State::completed || (on.state == State::inactive && !on.wanted);
  if (down || on.intent == Intent::stop) return Pull::stop;
  bool settled = on.state == State::running && on.intent == Intent::none;
  if (edge.relation == Relation::binds && !settled) return Pull::bounce;
  return Pull::none;
}

bool holds_stop(const Edge& edge, const UnitState& dependent) {
  if (edge.relation == Relation::conflicts) return false;
  return dependent.state == State::stopping || (dependent.alive() && dependent.intent != Intent::none);
}

}  // namespace supd
