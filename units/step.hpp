#pragma once

/// One step of one unit: the only place that changes a UnitState's state. Total over the rows of the
/// state model (state_model.hpp); a pair without a row is a programmer's error and asserts.

#include "units/action.hpp"
#include "units/event.hpp"
#include "units/spec.hpp"
#include "units/unit_state.hpp"

namespace supd {

/// Numbers that are never used twice, shared by all units of a Supervisor.
struct Serials {
  std::uint64_t last_run = 0;
  TimerSerial last_timer = 0;
};

/// Everything a step may use besides the unit itself.
struct StepContext {
  const UnitSpec& spec;
  Instant now;
  Serials& serials;
  Actions& out;
};

void step(UnitState& unit, const Event& event, const StepContext& context);

}  // namespace supd
