#pragma once

/// getrlimit(2): supd itself takes all the fds it may have; its children get back what supd was given.

#include <sys/resource.h>

#include <optional>

#include "units/base/error.hpp"

namespace supd::sys {

/// Raises RLIMIT_NOFILE for this process: the soft limit to the hard one, and both to what thousands of
/// units take where we may (CAP_SYS_RESOURCE). The old value is kept for children.
[[nodiscard]] Result<void> raise_nofile_limit();

/// What a child's RLIMIT_NOFILE is to be unless its unit says otherwise; nothing: leave it alone.
[[nodiscard]] const std::optional<rlimit>& original_nofile_limit();

}  // namespace supd::sys
