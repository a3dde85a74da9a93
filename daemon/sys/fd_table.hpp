#pragma once

/// The process's own fd table.

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// close_range(2) as a probe: false on kernels before 5.9 and under seccomp filters that lack it.
[[nodiscard]] bool close_range_available();

/// Whatever fds above stderr we were started with: no child gets them. Call once, at start.
void mark_inherited_fds_cloexec();

/// Fills what we were started without of stdin, stdout and stderr: else the next file that is opened
/// becomes our stdout. Call once, first.
void open_missing_stdio();

/// /dev/null, or where there is none, the read end of a pipe without writer: an empty stdin.
[[nodiscard]] Result<UniqueFd> open_null();

/// dup(2) with CLOEXEC to the lowest free number at or above `lowest`.
[[nodiscard]] int duplicate_fd(int fd, int lowest);

}  // namespace supd::sys
