#pragma once

/// Ends zombies: wait4(2), waitid(2). A child's pid is pinned until it is reaped here.

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "units/base/error.hpp"
#include "units/base/exit_status.hpp"
#include "units/base/time.hpp"

namespace supd::sys {

struct Reaped {
  pid_t pid = 0;
  ExitStatus exit;
  Duration user_time{0}, system_time{0};  ///< of the process and its reaped descendants
  std::uint64_t max_rss_bytes = 0;        ///< of the largest of them
};

/// An exit that was looked at and left where it is: the zombie stays.
struct SeenExit {
  pid_t pid = 0;
  ExitStatus exit;
};

/// Reaps one child. Nothing: it has not ended. Error ECHILD: not a child, or reaped before.
/// Never blocks.
[[nodiscard]] Result<std::optional<Reaped>> reap(pid_t pid);

/// Looks at one child's exit. Nothing: it has not ended, or it is not a child.
[[nodiscard]] std::optional<SeenExit> peek_child(pid_t pid);

/// Looks for any ended child, the first in the kernel's list. Nothing: none has ended, or no children.
[[nodiscard]] std::optional<SeenExit> peek_any_child();

/// Whether there are children at all, ended ones included.
[[nodiscard]] bool has_children();

/// The signal that has stopped this child, told once for each stop. Nothing: it was not stopped since.
[[nodiscard]] std::optional<int> take_stop(pid_t pid);

}  // namespace supd::sys
