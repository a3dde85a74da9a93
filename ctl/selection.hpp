#pragma once

/// What the words of a command line select: of units, and of their past.

#include <string>
#include <vector>

#include "ctl/options.hpp"

namespace supd::ctl {

/// Whether the words are exactly one name: no glob, no @target.
[[nodiscard]] bool names_one_unit(const std::vector<std::string>& units);

/// How many past lines (events) logs and events ask for: -n, else a long history, or a short one before following.
inline constexpr int default_lines = 1000;
inline constexpr int default_lines_before_follow = 10;
[[nodiscard]] int wanted_lines(const Options& options);

}  // namespace supd::ctl
