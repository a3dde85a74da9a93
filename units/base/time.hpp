#pragma once

/// Strong time types. Deadlines are `Instant`s on CLOCK_MONOTONIC; wall time (`WallTime`) exists for
/// stamps that people read, and no deadline is ever computed from it.

#include <chrono>
#include <compare>

namespace supd {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// A point on CLOCK_MONOTONIC (or on the simulation's virtual clock).
struct Instant {
  Duration since_boot{0};

  auto operator<=>(const Instant&) const = default;
  [[nodiscard]] static constexpr Instant never() { return {Duration::max()}; }
};

/// Saturates at never(), so that "now + a very long timeout" stays a valid deadline.
[[nodiscard]] constexpr Instant operator+(Instant at, Duration length) {
  if (length > Duration{0} && at.since_boot > Duration::max() - length) return Instant::never();
  return {at.since_boot + length};
}
[[nodiscard]] constexpr Instant operator-(Instant at, Duration length) { return {at.since_boot - length}; }
[[nodiscard]] constexpr Duration operator-(Instant later, Instant earlier) {
  return later.since_boot - earlier.since_boot;
}

/// CLOCK_REALTIME, nanoseconds since 1970-01-01 UTC.
struct WallTime {
  Duration since_epoch{0};
  auto operator<=>(const WallTime&) const = default;
};

}  // namespace supd
