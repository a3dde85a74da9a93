#pragma once

/// The daemon's signals: blocked, and read from a signalfd(2). No handler ever runs.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// From here on these wait until somebody takes them. To PID 1 they would be lost otherwise (pid_namespaces(7)).
void block_signals(std::span<const int> signals);

/// A known signal state, whatever the parent left behind (story R3): every disposition default but
/// SIGPIPE's, which is ignored; the mask exactly `blocked`. Call once, first, before any thread.
void adopt_signal_state(std::span<const int> blocked);

/// The signals whose disposition is not the default one, as bits (signal - 1): what a child has to put
/// right. Looked at once and after adopt_signal_state(), because a look costs as much as a tenth of a
/// spawn: nothing else in the daemon changes a disposition.
[[nodiscard]] std::uint64_t changed_dispositions();

/// Blocks the signals and makes a non-blocking fd that is readable while one of them is pending.
[[nodiscard]] Result<UniqueFd> open_signal_fd(std::span<const int> signals);

struct PendingSignal {
  int number = 0;
  pid_t sender = 0;  ///< 0: the kernel, or another pid namespace
  uid_t sender_uid = 0;
};

/// Takes one pending signal; nothing when there is none.
[[nodiscard]] std::optional<PendingSignal> read_signal(BorrowedFd signal_fd);

}  // namespace supd::sys
