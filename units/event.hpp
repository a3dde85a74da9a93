#pragma once

/// What can happen to one unit. Events from outside carry the run that they belong to; a stale one is
/// counted and dropped by the Supervisor before it reaches step().

#include <cstdint>

#include "units/base/exit_status.hpp"
#include "units/base/ids.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/cause.hpp"

namespace supd {

/// A timer is known by its serial number; a firing with another number than the unit's current one is stale.
using TimerSerial = std::uint64_t;

enum class EventKind : std::uint8_t {
  // wishes: from people, from the graph
  start_asked,   ///< it shall run
  stop_asked,    ///< it shall not run
  bounce_asked,  ///< it shall end and start again
  fail_asked,    ///< it can't go on: a unit that it requires has failed
  reset_asked,   ///< forget failures, delays and counts
  kill_asked,    ///< a stop shall not be patient any longer
  // permissions: from the graph
  may_start,  ///< everything that it waits for is there
  may_stop,   ///< everything that has to stop before it has stopped
  // facts: from outside, with a run
  spawned,         ///< its main process exists
  spawn_failed,    ///< no process came to be
  process_exited,  ///< its main process ended
  tree_gone,       ///< the last process in the scope of its stop is gone
  timer_fired,     ///< the unit's one timer is due
};
inline constexpr int event_count = 13;

[[nodiscard]] std::string_view event_name(EventKind kind);

struct Event {
  EventKind kind = EventKind::start_asked;
  RunId run;               ///< for facts with a run
  Cause cause;             ///< for wishes: what becomes the cause of the transition
  ExitStatus exit;         ///< process_exited
  bool tree_gone = false;  ///< process_exited: nothing else of the unit is left
  SpawnFailure failure;    ///< spawn_failed
  TimerSerial serial = 0;  ///< timer_fired

  [[nodiscard]] static Event wish(EventKind kind, Cause cause) { return {.kind = kind, .cause = cause}; }
  [[nodiscard]] static Event of_run(EventKind kind, RunId run) { return {.kind = kind, .run = run}; }
  [[nodiscard]] static Event exited(RunId run, ExitStatus exit, bool tree_gone) {
    return {.kind = EventKind::process_exited, .run = run, .exit = exit, .tree_gone = tree_gone};
  }
  [[nodiscard]] static Event not_spawned(RunId run, SpawnFailure failure) {
    return {.kind = EventKind::spawn_failed, .run = run, .failure = failure};
  }
  [[nodiscard]] static Event timer(TimerSerial serial) { return {.kind = EventKind::timer_fired, .serial = serial}; }
};

}  // namespace supd
