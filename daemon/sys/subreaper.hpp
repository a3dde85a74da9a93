#pragma once

/// prctl(2) PR_SET_CHILD_SUBREAPER: orphans below us become our children, as they do for PID 1.

#include "units/base/error.hpp"

namespace supd::sys {

[[nodiscard]] Result<void> become_subreaper();

}  // namespace supd::sys
