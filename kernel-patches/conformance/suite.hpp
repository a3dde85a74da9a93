// SPDX-License-Identifier: GPL-2.0-only
#pragma once

/// The checks that take time, or that a broken kernel may not survive.

#include <span>
#include <string>
#include <vector>

#include "daemon/io/kernel/check.hpp"

namespace conformance {

using supd::kernel::Check;
using supd::kernel::Need;
using supd::kernel::Outcome;
using supd::kernel::Verdict;

/// How long a check may take before it counts as hanging.
enum class Pace { quick, slow, storm };

struct Item {
  Check check;
  Pace pace = Pace::slow;
};

std::span<const Check> waitid_argument_checks();
std::span<const Check> waitid_event_checks();
std::span<const Check> waitid_cancel_checks();
std::span<const Check> waitid_worker_checks();
std::span<const Check> waitid_compat_checks();
std::span<const Check> waitid_teardown_checks();
std::span<const Check> waitid_storm_checks();
std::span<const Check> read_file_checks();
std::span<const Check> read_end_checks();
std::span<const Check> read_flow_checks();
std::span<const Check> read_teardown_checks();
std::span<const Check> read_storm_checks();
std::span<const Check> ring_checks();
std::span<const Check> cmd_checks();

/// Lets complaints of the kernel that come late come: the log is looked at after each check, this one is the last.
std::span<const Check> log_checks();

/// All of them, the quick ones of supd first.
std::vector<Item> all_items();

/// How long each storm lasts. Set once at start.
inline unsigned storm_seconds = 10;

/// Why the kernel's log can't be read, or "". Set once at start.
inline std::string kernel_log_error;

}  // namespace conformance
