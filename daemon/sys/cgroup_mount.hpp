#pragma once

/// Where the v2 hierarchy is mounted, and where in it we are: /proc/self/mountinfo, /proc/self/cgroup
/// (cgroups(7)).

#include <string>
#include <string_view>

#include "units/base/error.hpp"

namespace supd::sys {

/// The directory of our own cgroup, e.g. "/sys/fs/cgroup/unified/system.slice/supd.service".
[[nodiscard]] Result<std::string> own_cgroup_directory();

/// The same, from the two files' text. Nothing found: an error that says which part is missing.
[[nodiscard]] Result<std::string> own_cgroup_directory(std::string_view mountinfo, std::string_view own_cgroups);

}  // namespace supd::sys
