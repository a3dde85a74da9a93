#include "daemon/sys/signals.hpp"

#include <sys/signalfd.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace supd::sys {
namespace {

sigset_t set_of(std::span<const int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : signals) sigaddset(&set, signal);
  return set;
}

constexpr int last_signal = 64;

/// By the system call: the C library hides two signals of its own, which a parent may well ignore.
std::uint64_t look_at_dispositions() {
  std::uint64_t changed = 0;
  for (int signal = 1; signal <= last_signal; ++signal) {
    std::array<unsigned long, 8> action{};  // struct sigaction as the kernel has it, and more; first the handler
    bool known = ::syscall(SYS_rt_sigaction, signal, nullptr, action.data(), sizeof changed) == 0;
    if (known && action[0] != 0) changed |= std::uint64_t{1} << (signal - 1);
  }
  return changed;
}

std::uint64_t& kept_dispositions() {
  static std::uint64_t kept = look_at_dispositions();
  return kept;
}

}  // namespace

std::uint64_t changed_dispositions() { return kept_dispositions(); }

void block_signals(std::span<const int> signals) {
  sigset_t set = set_of(signals);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void adopt_signal_state(std::span<const int> blocked) {
  struct sigaction action {};
  for (int signal = 1; signal < NSIG; ++signal) {
    // SIGKILL, SIGSTOP and the C library's own two refuse, as they should.
    action.sa_handler = signal == SIGPIPE ? SIG_IGN : SIG_DFL;
    ::sigaction(signal, &action, nullptr);
  }
  sigset_t set = set_of(blocked);
  ::pthread_sigmask(SIG_SETMASK, &set, nullptr);
  kept_dispositions() = look_at_dispositions();
}

Result<UniqueFd> open_signal_fd(std::span<const int> signals) {
  block_signals(signals);
  sigset_t set = set_of(signals);
  int fd = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return failed("signalfd");
  return UniqueFd(fd);
}

std::optional<PendingSignal> read_signal(BorrowedFd signal_fd) {
  signalfd_siginfo info{};
  ssize_t got = 0;
  do {
    got = ::read(signal_fd.get(), &info, sizeof info);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof info)) return std::nullopt;
  return PendingSignal{static_cast<int>(info.ssi_signo), static_cast<pid_t>(info.ssi_pid), info.ssi_uid};
}

}  // namespace supd::sys
