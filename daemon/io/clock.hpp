#pragma once

#include <time.h>

#include "units/base/time.hpp"

namespace supd::io {

/// CLOCK_MONOTONIC, clock_gettime(2). The engines sample it once or twice per turn.
[[nodiscard]] inline Instant monotonic_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return {std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)};
}

}  // namespace supd::io
