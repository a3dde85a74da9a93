#pragma once

/// What the UNIT words of a command line select.

#include <string>
#include <vector>

namespace supd::ctl {

/// Whether the words are exactly one name: no glob, no @target.
[[nodiscard]] bool names_one_unit(const std::vector<std::string>& units);

}  // namespace supd::ctl
