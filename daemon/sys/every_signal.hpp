#pragma once

/// All 64 signals at once, for a process that takes each of them from rt_sigtimedwait(2) and never runs a
/// handler. By the system calls: the C library's functions leave out two real-time signals of its own.

#include <sys/types.h>

#include <optional>

#include "units/base/time.hpp"

namespace supd::sys {

inline constexpr int last_signal = 64;

/// From here on every signal that can be blocked waits to be taken. Call once, first, before any thread.
void block_every_signal();

/// Every disposition default, whatever the parent left behind: a child that inherits them starts clean, and
/// ended children stay to be reaped even when SIGCHLD was ignored.
void default_every_disposition();

struct TakenSignal {
  int number = 0;
  pid_t sender = 0;  ///< 0: the kernel, or another pid namespace
};

/// Takes a pending signal, or waits for one until `deadline`. Nothing: the time is over.
[[nodiscard]] std::optional<TakenSignal> take_signal(Instant deadline);

/// As if somebody had sent it whom we do not know.
void send_to_self(int signal);

/// Lets a pending `signal` have its default effect, and blocks it again.
void let_through(int signal);

[[nodiscard]] bool is_pending(int signal);

/// For a child on its way to execve(2): nothing is blocked any more. Async-signal-safe.
void unblock_every_signal();

}  // namespace supd::sys
