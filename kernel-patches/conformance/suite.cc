// SPDX-License-Identifier: GPL-2.0-only
#include "suite.hpp"

namespace conformance {
namespace {

void append(std::vector<Item>& items, std::span<const Check> checks, Pace pace) {
  for (const Check& check : checks) items.push_back({check, pace});
}

}  // namespace

std::vector<Item> all_items() {
  std::vector<Item> items;
  append(items, supd::kernel::quick_checks(), Pace::quick);
  append(items, ring_checks(), Pace::slow);
  append(items, waitid_argument_checks(), Pace::slow);
  append(items, waitid_event_checks(), Pace::slow);
  append(items, waitid_cancel_checks(), Pace::slow);
  append(items, waitid_teardown_checks(), Pace::slow);
  append(items, read_file_checks(), Pace::slow);
  append(items, read_flow_checks(), Pace::slow);
  append(items, read_teardown_checks(), Pace::slow);
  append(items, waitid_storm_checks(), Pace::storm);
  append(items, read_storm_checks(), Pace::storm);
  return items;
}

}  // namespace conformance
