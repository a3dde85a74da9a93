#pragma once

/// The restart policy: what follows when a run has ended by itself. Pure arithmetic.

#include "units/base/exit_status.hpp"
#include "units/spec.hpp"
#include "units/unit_state.hpp"

namespace supd {

/// What the policy decides.
struct Verdict {
  enum class Next : std::uint8_t { complete, fail, restart, give_up };
  Next next = Next::fail;
  Duration delay{0};  ///< restart: wait this long first
};

/// `exit` is not known when the process could not be started at all: that is a failure.
/// Uses and updates the unit's counts (delays_taken, recent_starts).
[[nodiscard]] Verdict after_end(UnitState& unit, const RestartSpec& spec, ExitStatus exit, Instant now);

/// Notes a start for the limit. Keeps at most `limit` instants.
void note_start(UnitState& unit, const RestartSpec& spec, Instant now);

/// Back to the first delay and a clean count.
void forget_restarts(UnitState& unit);

/// delay * factor^taken, at most max_delay, moved by the jitter. The jitter is a hash of the run's
/// number: spread between units and runs, and the same in every replay.
[[nodiscard]] Duration restart_delay(const RestartSpec& spec, std::uint32_t taken, RunId run);

}  // namespace supd
