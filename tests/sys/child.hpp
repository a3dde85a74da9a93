#pragma once

/// Runs a check in a process of its own, where limits, filters and users can be changed for good.

#include <functional>
#include <string>

namespace supd::test {

/// "true" or "false" as `check` said, or how the process ended otherwise. SIGCHLD, fds and children
/// of the caller are untouched. Failures inside are printed, and count through the answer only.
[[nodiscard]] std::string in_child(const std::function<bool()>& check);

/// Installs a seccomp(2) filter for the rest of this process's life: system call `number` fails with
/// `error` without being made. False: the kernel refuses filters.
[[nodiscard]] bool refuse_system_call(long number, int error);

}  // namespace supd::test
