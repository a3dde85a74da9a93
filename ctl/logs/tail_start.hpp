#pragma once

/// -n N: sets several logs to where the last N records of all of them together begin. Costs memory for N places.

#include <cstddef>
#include <span>

#include "ctl/logs/memory_log.hpp"

namespace supd::ctl::logs {

/// The logs are open and were not read yet. `memory` may be nullptr. `by_run`: the selection has a run, which takes
/// reading all of it.
void start_at_last(std::span<UnitLog* const> logs, MemoryLog* memory, std::size_t count, bool by_run);

}  // namespace supd::ctl::logs
