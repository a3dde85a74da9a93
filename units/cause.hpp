#pragma once

/// Why a unit is in its state: data, so that `supctl why` can follow it from unit to unit.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "units/base/exit_status.hpp"
#include "units/base/ids.hpp"
#include "units/base/spawn_failure.hpp"

namespace supd {

enum class CauseKind : std::uint8_t {
  loaded,               ///< nothing happened yet
  boot,                 ///< enabled: starts with supd
  by_hand,              ///< a person or a script asked for it
  needed,               ///< `other` needs it
  dependencies_met,     ///< everything it waited for is there
  process_started,      ///< its process was started
  reached,              ///< a target: everything in it is there
  process_exited,       ///< its main process ended: `exit`
  spawn_failed,         ///< its process could not be started: `failure`
  restart_due,          ///< the restart delay is over
  gave_up,              ///< too many starts: `count` within the window; `exit` or `failure` of the last
  retry_due,            ///< retry_after is over
  dependency_stopped,   ///< `other`, which it requires, was stopped or has ended
  dependency_failed,    ///< `other`, which it requires, has failed
  dependency_restarts,  ///< `other`, which it binds to, restarts
  dependency_back,      ///< `other`, which had failed, is tried again
  conflict,             ///< `other` started, and the two exclude each other
  reset,                ///< cleared by hand
  reconfigured,         ///< the configuration changed
  removed,              ///< it is not in the configuration any more
  masked,               ///< nobody can start it
  shutdown,             ///< supd stops
};
inline constexpr int cause_count = 22;

struct Cause {
  CauseKind kind = CauseKind::loaded;
  UnitId other;          ///< the unit that it came from, where there is one
  ExitStatus exit;       ///< process_exited, gave_up
  SpawnFailure failure;  ///< spawn_failed, gave_up (when `exit` is not known)
  std::uint32_t count = 0;
  /// The name of a unit that it came from and that was removed since; `other` is not valid then.
  std::shared_ptr<const std::string> gone_name;

  bool operator==(const Cause&) const = default;
};

/// One sentence without a full stop, e.g. "killed by SIGKILL", "requires db, which has failed".
/// `other` is the name of `cause.other`; `cause.gone_name` takes its place.
[[nodiscard]] std::string cause_text(const Cause& cause, std::string_view other);

/// "process_exited": for dumps and machine-readable output.
[[nodiscard]] std::string_view cause_name(CauseKind kind);

}  // namespace supd
