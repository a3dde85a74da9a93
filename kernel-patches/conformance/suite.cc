// SPDX-License-Identifier: GPL-2.0-only
#include "suite.hpp"

#include <array>
#include <chrono>
#include <thread>

namespace conformance {
namespace {

void append(std::vector<Item>& items, std::span<const Check> checks, Pace pace) {
  for (const Check& check : checks) items.push_back({check, pace});
}

Outcome wait_for_late_complaints() {
  if (!kernel_log_error.empty()) return {Verdict::not_supported, kernel_log_error};
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  return {};
}

constexpr std::array late_checks{
    Check{"kernel-log-quiet", "the kernel's log has no complaint that came late", "", Need::useful,
          wait_for_late_complaints},
};

}  // namespace

std::span<const Check> log_checks() { return late_checks; }

std::vector<Item> all_items() {
  std::vector<Item> items;
  append(items, supd::kernel::quick_checks(), Pace::quick);
  append(items, ring_checks(), Pace::slow);
  append(items, waitid_argument_checks(), Pace::slow);
  append(items, waitid_event_checks(), Pace::slow);
  append(items, waitid_cancel_checks(), Pace::slow);
  append(items, waitid_worker_checks(), Pace::slow);
  append(items, waitid_compat_checks(), Pace::slow);
  append(items, waitid_teardown_checks(), Pace::slow);
  append(items, read_file_checks(), Pace::slow);
  append(items, read_end_checks(), Pace::slow);
  append(items, read_flow_checks(), Pace::slow);
  append(items, read_teardown_checks(), Pace::slow);
  append(items, cmd_checks(), Pace::slow);
  append(items, waitid_storm_checks(), Pace::storm);
  append(items, read_storm_checks(), Pace::storm);
  append(items, log_checks(), Pace::slow);
  return items;
}

}  // namespace conformance
