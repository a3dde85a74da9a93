#pragma once

/// The state model of a unit, written down before the code. Every pair of a state and an event that
/// can meet is one row; a pair without a row is impossible, and step() asserts that. A test steps
/// every pair through every kind of unit and compares what it reaches with these rows.
///
/// How to read it: a wish (…_asked) sets what is wanted; a permission (may_…) comes from the graph
/// when nothing stands in the way; a fact comes from outside. Ends are decided in one place: when the
/// last process of a run is gone, the intent decides (stop: inactive, bounce: waiting, fail: failed),
/// and without an intent the restart policy does (backoff, waiting, completed or failed).

#include <cstdint>
#include <initializer_list>
#include <span>

#include "units/event.hpp"
#include "units/status.hpp"

namespace supd {

/// A set of states, as bits in the order of the enum.
class StateSet {
 public:
  constexpr StateSet() = default;
  constexpr StateSet(std::initializer_list<State> states) {
    for (State state : states) add(state);
  }
  constexpr void add(State state) { bits_ = static_cast<std::uint16_t>(bits_ | bit(state)); }
  [[nodiscard]] constexpr bool has(State state) const { return (bits_ & bit(state)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  bool operator==(const StateSet&) const = default;

 private:
  static constexpr std::uint16_t bit(State state) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(state));
  }
  std::uint16_t bits_ = 0;
};

struct Rule {
  State from;
  EventKind on;
  StateSet to;  ///< every state that can follow, `from` itself included when it can stay
};

/// All rows, ordered by state.
[[nodiscard]] std::span<const Rule> state_model();

/// The states that can follow; empty: the pair is impossible.
[[nodiscard]] StateSet next_states(State from, EventKind on);

}  // namespace supd
