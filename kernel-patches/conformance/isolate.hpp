// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <chrono>

#include "suite.hpp"

namespace conformance {

/// Runs the check in a process of its own, with all it starts in a process group of its own. One that does not end in
/// time is killed, one that can't even be killed is left behind.
Outcome run_isolated(const Check& check, std::chrono::seconds deadline);

/// Reaps what checks left to us.
void reap_orphans();

}  // namespace conformance
