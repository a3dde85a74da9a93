#pragma once

/// The cgroups below a cgroup, for those who count or remove them.

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

inline constexpr std::size_t max_cgroups_below = 4096;

/// "." and the cgroups below `top`, parents first, as paths relative to it; at most max_cgroups_below.
[[nodiscard]] std::vector<std::string> cgroups_below(BorrowedFd top);

/// rmdir(2) of a cgroup and everything below it. EBUSY: a process lives in one of them; the empty ones
/// are gone. No such cgroup is no error.
[[nodiscard]] Result<void> remove_cgroup(BorrowedFd parent, const std::string& name);

}  // namespace supd::sys
