#pragma once

/// The changing part of one unit. Desired and actual state are two fields: `wanted` is what people
/// and the graph ask for, `state` is where the unit is.

#include <cstdint>
#include <vector>

#include "units/base/time.hpp"
#include "units/cause.hpp"
#include "units/event.hpp"
#include "units/status.hpp"

namespace supd {

/// What shall follow when a unit with a process has ended.
enum class Intent : std::uint8_t {
  none,    ///< nobody asked it to end: the restart policy decides
  stop,    ///< stay down
  bounce,  ///< start again
  fail,    ///< be failed: a unit that it requires has failed
};

/// UnitState::stop_step when the stop sequence is over: also a sequence that has become longer meanwhile.
inline constexpr std::uint8_t after_last_step = UINT8_MAX;

struct UnitState {
  UnitId id;
  State state = State::inactive;
  Intent intent = Intent::none;  ///< other than none only in states with a process
  bool wanted = false;
  bool main_alive = false;     ///< its main process exists, alive or as an unreaped zombie
  std::uint8_t stop_step = 0;  ///< next step of the stop sequence, or after_last_step
  RunId run;                   ///< current or last run
  TimerSerial timer = 0;       ///< the armed timer, 0: none
  Cause cause;                 ///< of the last transition
  Cause intent_cause;          ///< of `intent`
  Instant since;               ///< of the last transition
  Instant run_started;
  ExitStatus last_exit;                ///< of the last run that ended
  std::uint32_t delays_taken = 0;      ///< consecutive restarts: the exponent of the delay
  std::uint64_t restarts = 0;          ///< automatic restarts since the last start by hand
  std::vector<Instant> recent_starts;  ///< at most restart.limit, oldest first

  [[nodiscard]] bool alive() const {
    return state == State::starting || state == State::running || state == State::stopping;
  }
};

}  // namespace supd
