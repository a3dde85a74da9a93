#pragma once

/// clock_gettime(2) as strong types.

#include "units/base/time.hpp"

namespace supd::sys {

[[nodiscard]] Instant monotonic_now();  ///< CLOCK_MONOTONIC: for deadlines
[[nodiscard]] WallTime wall_now();      ///< CLOCK_REALTIME: for stamps that people read

}  // namespace supd::sys
