#pragma once

/// What one dependency edge means for the units at its ends: pure functions of their states. The
/// whole semantics of [depends] is on this page.

#include "units/graph.hpp"
#include "units/spec.hpp"
#include "units/unit_state.hpp"

namespace supd {

/// Whether a dependent that waits may start, as far as this edge goes.
enum class Gate : std::uint8_t {
  open,     ///< the condition holds, or this relation does not insist
  wait,     ///< not yet
  stopped,  ///< it can't become true: the other unit is down and nobody starts it
  failed,   ///< it can't become true: the other unit has failed
};

/// What a dependency does to a dependent that is up or on its way up.
enum class Pull : std::uint8_t { none, stop, fail, bounce };

/// `on` is the state of edge.to, `kind` its kind.
[[nodiscard]] Gate gate(const Edge& edge, const UnitState& on, Kind kind);
[[nodiscard]] Pull pull(const Edge& edge, const UnitState& on, Kind kind);

/// Whether edge.from, in state `dependent`, makes edge.to wait with its own stop.
[[nodiscard]] bool holds_stop(const Edge& edge, const UnitState& dependent);

/// Whether starting the dependent starts the other unit as well.
[[nodiscard]] inline bool starts(Relation relation) {
  return relation == Relation::requires_ || relation == Relation::wants || relation == Relation::binds;
}
[[nodiscard]] inline bool insists(Relation relation) {
  return relation == Relation::requires_ || relation == Relation::binds;
}

}  // namespace supd
