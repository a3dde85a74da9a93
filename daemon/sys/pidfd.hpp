#pragma once

/// pidfd_open(2), pidfd_send_signal(2): a process named by an fd can't turn into another process.

#include <sys/types.h>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// ESRCH: no such process. ENOSYS, EPERM: the kernel or a seccomp filter has no pidfds.
[[nodiscard]] Result<UniqueFd> pidfd_open(pid_t pid);

/// A pidfd, or where there are none, the process's /proc directory: pidfd_send_signal() takes both.
[[nodiscard]] Result<UniqueFd> open_process(pid_t pid);

/// Whether pidfd_open works here; asked once.
[[nodiscard]] bool pidfd_available();

/// Sends `signal` (0: only look) to the process of a pidfd or of an fd of its /proc/PID directory.
/// Returns 0 or an errno value: ESRCH when the process is gone (reaped).
[[nodiscard]] int pidfd_send_signal(BorrowedFd process, int signal);

}  // namespace supd::sys
