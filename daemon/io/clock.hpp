#pragma once

#include <time.h>

#include <algorithm>

#include "units/base/time.hpp"

namespace supd::io {

/// CLOCK_MONOTONIC, clock_gettime(2). The engines sample it once or twice per turn.
[[nodiscard]] inline Instant monotonic_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return {std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)};
}

/// Sleeps without being woken by anything but a signal, which nobody handles here.
inline void sleep_for(Duration length) {
  if (length <= Duration{0}) return;
  timespec time{0, static_cast<long>(std::min(length, Duration{999'999'999}).count())};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

}  // namespace supd::io
