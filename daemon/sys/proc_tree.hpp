#pragma once

/// Processes as proc(5) shows them: for hosts where no cgroup tells which processes belong together.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// A pid together with what tells it from the next process of that number.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< clock ticks since boot
  auto operator<=>(const ProcessId&) const = default;
};

struct ProcessInfo {
  ProcessId id;
  pid_t parent = 0, group = 0, session = 0;
  char state = '?';  ///< as in proc(5): R S D Z T ...
  [[nodiscard]] bool zombie() const { return state == 'Z' || state == 'X'; }
};

/// Whether /proc is there and shows our own pid namespace: that of another would name strangers by our
/// numbers.
[[nodiscard]] bool proc_available();

/// The text of /proc/PID/stat; the name in it may hold anything, parentheses and newlines included.
[[nodiscard]] std::optional<ProcessInfo> parse_process_stat(std::string_view text);
[[nodiscard]] std::optional<ProcessInfo> read_process(pid_t pid);

/// Every process that /proc shows, sorted by pid, at most max_snapshot. Not atomic: a process that is
/// forked meanwhile may be missing, so look again until nothing is new.
[[nodiscard]] Result<std::vector<ProcessInfo>> snapshot_processes();
inline constexpr std::size_t max_snapshot = 131072;

/// The direct children of this process, zombies included. By /proc/self/task/*/children where the
/// kernel has it, else by a snapshot.
[[nodiscard]] Result<std::vector<pid_t>> own_children();

/// `roots` and everything below them, zombies left out. A root that is not in the snapshot is skipped.
[[nodiscard]] std::vector<ProcessInfo> descendants_of(const std::vector<ProcessInfo>& snapshot,
                                                      const std::vector<pid_t>& roots);

/// The value of `name` in the environment that the process was started with; nothing when it is not
/// set, not readable, or part of an environment of more than max_environ bytes.
[[nodiscard]] std::optional<std::string> environment_value(pid_t pid, std::string_view name);
inline constexpr std::size_t max_environ = 256 * 1024;

/// Sends a signal to exactly this process, never to a later one of the same number: through its /proc
/// directory, which names a process as a pidfd does. Returns 0 or an errno value: ESRCH when it is gone.
[[nodiscard]] int signal_process(ProcessId process, int signal);

}  // namespace supd::sys
