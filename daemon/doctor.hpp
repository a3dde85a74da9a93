#pragma once

/// What `supctl doctor` finds out about the machine and about supd itself.

#include <vector>

#include "ctl/proto/messages.hpp"
#include "daemon/executor.hpp"
#include "daemon/io/loop.hpp"

namespace supd {

/// Kernel, /proc, pidfds, spawn path, limits, clock.
void examine_host(std::vector<proto::Finding>& findings);
/// Counters that should be zero, and sizes.
void examine_supd(std::vector<proto::Finding>& findings, const Executor& executor, const io::Loop& loop);

}  // namespace supd
