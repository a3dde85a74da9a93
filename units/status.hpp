#pragma once

/// What supd tells about a unit: the vocabulary that the daemon fills, the protocol carries and
/// supctl prints. Plain values; names are append-only because they are on the wire.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace supd {

/// The states of a unit. Enum, wire name and documentation come from `state_table()` alone.
enum class State : std::uint8_t { inactive, waiting, starting, running, stopping, backoff, completed, failed };
inline constexpr int state_count = 8;

struct StateInfo {
  State state;
  std::string_view name;     ///< on the wire, in logs and in the documentation
  bool has_process;          ///< a process of the unit may be alive
  std::string_view meaning;  ///< one line for people
};

/// All states, in the order of the enum.
[[nodiscard]] const StateInfo* state_table();
[[nodiscard]] std::string_view state_name(State state);
/// The state of that name, or false when there is none.
[[nodiscard]] bool state_from_name(std::string_view name, State& out);

struct UnitStatus {
  std::string name;
  std::string kind;
  std::string description;
  State state = State::inactive;
  bool wanted = false;  ///< desired state: up
  bool ready = false;
  std::int64_t pid = 0;         ///< 0: no main process
  std::uint64_t run = 0;        ///< number of the current or last run, 0: never ran
  std::int64_t uptime_ms = 0;   ///< of the current run
  std::int64_t since_ms = 0;    ///< wall time of the last transition, ms since 1970
  std::uint64_t restarts = 0;   ///< automatic restarts since the last start by hand
  std::string last_exit;        ///< "exited with 3", "" when it never ended
  std::string cause;            ///< why it is in this state, one sentence
  std::int64_t cpu_ms = 0;      ///< user + system of finished runs (rusage)
  std::int64_t max_rss_kb = 0;  ///< largest of finished runs (rusage)
  std::uint64_t log_lines = 0, log_bytes = 0;
  std::uint64_t log_dropped = 0;  ///< records that some sink did not get, and lines above the rate
  std::uint64_t log_truncated = 0;
  std::uint64_t log_limited = 0, log_limited_bytes = 0;  ///< lines above the rate, and their bytes
  std::uint64_t log_dropped_file = 0, log_dropped_console = 0, log_dropped_journal = 0, log_dropped_syslog = 0;
  std::uint64_t log_waiting = 0;    ///< bytes that are not in the log file yet
  std::int64_t log_waiting_ms = 0;  ///< how long the oldest of them has been waiting
  /// Bytes of all units that journal and syslog have not taken yet, where the unit logs there, and since when.
  std::uint64_t journal_waiting = 0, syslog_waiting = 0;
  std::int64_t journal_waiting_ms = 0, syslog_waiting_ms = 0;
};

/// One transition, as `supctl events` shows it.
struct UnitEvent {
  std::uint64_t sequence = 0;  ///< counts up by one; a gap means that events were dropped
  std::int64_t time_ms = 0;    ///< wall time, ms since 1970
  std::string unit;
  State from = State::inactive;
  State to = State::inactive;
  std::uint64_t run = 0;
  std::int64_t pid = 0;
  std::string cause;
};

}  // namespace supd
