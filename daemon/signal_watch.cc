#include "daemon/signal_watch.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/shell.hpp"

namespace supd {
namespace {

using config::SignalUse;

constexpr int last_signal = 64;
/// The C library keeps 32 and 33 for itself.
constexpr std::array left_alone{SIGKILL, SIGSTOP, SIGCHLD, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGILL,
                                SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS,  32,      33};

constexpr auto watched = [] {
  std::array<int, static_cast<std::size_t>(last_signal) - left_alone.size()> signals{};
  std::size_t count = 0;
  for (int signal = 1; signal <= last_signal; ++signal) {
    if (std::ranges::find(left_alone, signal) == left_alone.end()) signals[count++] = signal;
  }
  return signals;
}();

/// What tells a container with systemd in it to halt: runtimes know it as its stop signal.
constexpr int halt_signal = 34 + 3;

SignalUse use_by_init(int signal) {
  auto end = machine::end_by_signal(signal);
  if (!end) return SignalUse::ignore;
  switch (*end) {
    case sys::MachineEnd::reboot: return SignalUse::reboot;
    case sys::MachineEnd::halt: return SignalUse::halt;
    case sys::MachineEnd::poweroff: return SignalUse::poweroff;
  }
  return SignalUse::ignore;
}

}  // namespace

SignalUse default_use(int signal, bool machine) {
  if (machine && signal != SIGHUP && signal != SIGUSR1) return use_by_init(signal);
  constexpr std::array stopping{SIGTERM, SIGINT, SIGQUIT, SIGPWR, halt_signal};
  if (std::ranges::find(stopping, signal) != stopping.end()) return SignalUse::stop;
  if (signal == SIGHUP) return SignalUse::reload;
  if (signal == SIGUSR1) return SignalUse::reopen;
  return SignalUse::ignore;
}

std::span<const int> watched_signals() { return watched; }

SignalWatch::SignalWatch(io::Loop& loop, SignalListener& listener, bool machine)
    : loop_(loop), listener_(listener), machine_(machine) {
  auto fd = sys::open_signal_fd(watched);
  if (!fd) {
    log::error(fd.error().text() + ": signals can't stop supd");
    return;
  }
  fd_ = std::move(*fd);
  poll_ = loop_.poll(fd_.borrow(), POLLIN, io::Lane::control, *this);
}

SignalWatch::~SignalWatch() { loop_.release(poll_, std::move(fd_)); }

void SignalWatch::on_poll(io::OpId, unsigned, int error) noexcept {
  poll_ = {};
  if (error == ECANCELED) return;
  while (auto pending = sys::read_signal(fd_.borrow())) listener_.on_signal(pending->number, use_of(pending->number));
  poll_ = loop_.poll(fd_.borrow(), POLLIN, io::Lane::control, *this);
}

SignalUse SignalWatch::use_of(int signal) const {
  auto rule = std::ranges::find(rules_, signal, &config::SignalRule::signal);
  return rule != rules_.end() ? rule->use : default_use(signal, machine_);
}

}  // namespace supd
