#include "daemon/sys/clock.hpp"

#include <ctime>

namespace supd::sys {
namespace {

Duration read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);  // can't fail for the two clocks below
  return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
}

}  // namespace

Instant monotonic_now() { return {read_clock(CLOCK_MONOTONIC)}; }
WallTime wall_now() { return {read_clock(CLOCK_REALTIME)}; }

}  // namespace supd::sys
