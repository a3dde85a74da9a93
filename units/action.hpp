#pragma once

/// What the core wants done. The executor carries actions out in order and answers with events.

#include <cstdint>
#include <vector>

#include "units/base/ids.hpp"
#include "units/base/time.hpp"
#include "units/cause.hpp"
#include "units/event.hpp"
#include "units/status.hpp"

namespace supd {

enum class ActionKind : std::uint8_t {
  spawn,             ///< start the main process of `run`; answer: spawned or spawn_failed
  run_stop_command,  ///< start [stop] command for `run`; no answer
  signal,            ///< send `signal` to the scope of the unit's stop
  arm_timer,         ///< fire timer `serial` at `at`; replaces the unit's earlier timer
  disarm_timer,      ///< the unit's timer is not wanted any more
  adopt,             ///< `unit` is new in its slot, or has another spec from now on
  forget,            ///< `unit` is gone: let go of everything kept for it; its slot may be used again. `cause`: why
  announce,          ///< the unit went `from` -> `to`, because of `cause`
  all_stopped,       ///< shutting down, and no process is left; `unit` is not valid
};

struct Action {
  ActionKind kind = ActionKind::announce;
  UnitId unit;
  RunId run;
  int signal = 0;
  Instant at;
  TimerSerial serial = 0;
  State from = State::inactive;
  State to = State::inactive;
  Cause cause;
};

using Actions = std::vector<Action>;

}  // namespace supd
