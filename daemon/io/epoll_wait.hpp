#pragma once

/// An epoll(7) instance with nanosecond timeouts: epoll_pwait2(2) where there is one, else a timerfd.

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/time.hpp"

namespace supd::io::epoll {

class Set {
 public:
  static constexpr std::size_t events_max = 256;  ///< per wait; the rest comes with the next one

  /// `use_timerfd` is for tests: as on kernels without epoll_pwait2.
  static Result<std::unique_ptr<Set>> open(bool use_timerfd = false);

  /// `key` comes back with the fd's events. Level-triggered. Errno value.
  int add(int fd, std::uint32_t events, std::uint64_t key);
  int modify(int fd, std::uint32_t events, std::uint64_t key);
  void remove(int fd);

  /// Waits for `timeout` at most (max() for ever, zero not at all). Valid until the next wait. EINTR
  /// looks like a wait without events.
  std::span<const epoll_event> wait(Duration timeout);

 private:
  Set() = default;
  Result<void> open_timer();
  void arm_timer(Duration timeout);
  std::span<const epoll_event> wait_with_timer(Duration timeout);

  sys::UniqueFd epoll_;
  sys::UniqueFd timer_;  ///< invalid: epoll_pwait2 works
  bool timer_armed_ = false;
  std::array<epoll_event, events_max> events_{};
};

}  // namespace supd::io::epoll
