#include "daemon/io/epoll_wait.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>

#include "units/base/assert.hpp"

namespace supd::io::epoll {
namespace {

constexpr std::uint64_t timer_key = UINT64_MAX;

timespec time_of(Duration length) { return {.tv_sec = length / 1s, .tv_nsec = (length % 1s).count()}; }

}  // namespace

Result<std::unique_ptr<Set>> Set::open(bool use_timerfd) {
  std::unique_ptr<Set> set(new Set);
  set->epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!set->epoll_.valid()) return failed("epoll_create1");
  const timespec none{};
  epoll_event event{};
  if (use_timerfd || ::epoll_pwait2(set->epoll_.get(), &event, 1, &none, nullptr) < 0) {
    if (auto timer = set->open_timer(); !timer) return std::unexpected(timer.error());
  }
  return set;
}

int Set::add(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

int Set::modify(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{.events = events, .data = {.u64 = key}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : errno;
}

void Set::remove(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Set::wait(Duration timeout) {
  if (timer_.valid()) return wait_with_timer(timeout);
  const timespec time = time_of(timeout);
  const timespec* limit = timeout == Duration::max() ? nullptr : &time;
  const int count = ::epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()), limit, nullptr);
  SUPD_ASSERT(count >= 0 || errno == EINTR);
  return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

Result<void> Set::open_timer() {
  timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!timer_.valid()) return failed("timerfd_create");
  if (const int error = add(timer_.get(), EPOLLIN, timer_key); error != 0) {
    return std::unexpected(errno_error("epoll_ctl", "timerfd", error));
  }
  return {};
}

/// Setting a timerfd also clears an expiry that was not read.
void Set::arm_timer(Duration timeout) {
  const bool wanted = timeout > Duration{0} && timeout != Duration::max();
  if (!wanted && !timer_armed_) return;
  const itimerspec setting{.it_interval = {}, .it_value = wanted ? time_of(timeout) : timespec{}};
  ::timerfd_settime(timer_.get(), 0, &setting, nullptr);
  timer_armed_ = wanted;
}

std::span<const epoll_event> Set::wait_with_timer(Duration timeout) {
  arm_timer(timeout);
  const int count =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout == Duration{0} ? 0 : -1);
  SUPD_ASSERT(count >= 0 || errno == EINTR);
  auto* end = std::remove_if(events_.data(), events_.data() + std::max(count, 0),
                             [](const epoll_event& event) { return event.data.u64 == timer_key; });
  return {events_.data(), static_cast<std::size_t>(end - events_.data())};
}

}  // namespace supd::io::epoll
