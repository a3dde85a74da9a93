#pragma once

/// Threads beside the loop's, for what may block.

#include <cstddef>

namespace supd::sys {

/// Starts a detached thread (pthread_create(3)) with all signals blocked: they are the loop's thread's business, and
/// one that hangs, on a dead disk or name server, is left alone. `stack_bytes` is raised to what the system demands.
/// Returns an errno value; 0: it runs.
[[nodiscard]] int start_detached_thread(void* (*entry)(void*), void* argument, std::size_t stack_bytes);

}  // namespace supd::sys
