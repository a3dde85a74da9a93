#include "daemon/sys/every_signal.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

#include "daemon/sys/clock.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t kernel_sigset_size = 8;
constexpr std::uint64_t every = ~std::uint64_t{0};

std::uint64_t bit(int signal) { return std::uint64_t{1} << (signal - 1); }

void change_mask(int how, std::uint64_t mask) {
  ::syscall(SYS_rt_sigprocmask, how, &mask, nullptr, kernel_sigset_size);
}

timespec until(Instant deadline) {
  Duration rest = std::max(deadline - monotonic_now(), Duration{0});
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((rest - seconds).count())};
}

}  // namespace

void block_every_signal() { change_mask(SIG_SETMASK, every); }
void unblock_every_signal() { change_mask(SIG_SETMASK, 0); }

void default_every_disposition() {
  std::array<unsigned long, 8> fresh{};  // struct sigaction as the kernel has it, or more: SIG_DFL
  for (int signal = 1; signal <= last_signal; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, fresh.data(), nullptr, kernel_sigset_size);
  }
}

std::optional<TakenSignal> take_signal(Instant deadline) {
  while (true) {
    siginfo_t info{};
    timespec rest{};
    bool forever = deadline == Instant::never();
    if (!forever) rest = until(deadline);
    long got = ::syscall(SYS_rt_sigtimedwait, &every, &info, forever ? nullptr : &rest, kernel_sigset_size);
    if (got > 0) return TakenSignal{static_cast<int>(got), info.si_code <= 0 ? info.si_pid : 0};
    if (errno != EINTR) return std::nullopt;  // EAGAIN; after a stop and SIGCONT it is EINTR
  }
}

void send_to_self(int signal) {
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  ::syscall(SYS_rt_sigqueueinfo, ::getpid(), signal, &info);
}

void let_through(int signal) {
  change_mask(SIG_UNBLOCK, bit(signal));
  change_mask(SIG_BLOCK, bit(signal));
}

bool is_pending(int signal) {
  std::uint64_t pending = 0;
  ::syscall(SYS_rt_sigpending, &pending, kernel_sigset_size);
  return (pending & bit(signal)) != 0;
}

}  // namespace supd::sys
