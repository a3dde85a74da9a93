#pragma once

/// Two configurations, cut down to what a plan has to look at: then the loop makes it in no time, however many units
/// there are.

#include "config/load.hpp"
#include "config/plan/plan.hpp"

namespace supd::apply {

struct Delta {
  config::Loaded before, after;  ///< units that differ, and those that may go along with others
  std::size_t left_out = 0;      ///< units that are the same in both, and not in them
};

/// Linear in units; to be called off the loop. Specs that are the same have to be the same object (keep_equal()).
[[nodiscard]] Delta delta_of(const config::Loaded& before, const config::Loaded& after);

/// Specs of `after` that equal those of `before` become the same objects.
void keep_equal(const config::Loaded& before, config::Loaded& after);

/// What taking over `delta.after` would do, or, with `back`, `delta.before`.
[[nodiscard]] config::Plan plan_of(const Delta& delta, bool back,
                                   const std::function<config::UnitNow(std::string_view)>& now);

}  // namespace supd::apply
