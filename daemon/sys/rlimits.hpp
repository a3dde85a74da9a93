#pragma once

/// getrlimit(2): supd itself takes all the fds it may have; its children get back what supd was given.

#include <sys/resource.h>

#include <optional>

#include "units/base/error.hpp"

namespace supd::sys {

/// Raises the soft RLIMIT_NOFILE to the hard one, for this process. The old value is kept for children.
[[nodiscard]] Result<void> raise_nofile_limit();

/// What a child's RLIMIT_NOFILE is to be unless its unit says otherwise; nothing: leave it alone.
[[nodiscard]] const std::optional<rlimit>& original_nofile_limit();

}  // namespace supd::sys
