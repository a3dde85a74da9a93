#include "daemon/io/kernel/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "daemon/io/kernel/limits.hpp"

namespace supd::kernel {
namespace {

constexpr auto p_pidfd = static_cast<idtype_t>(3);  // P_PIDFD; older C libraries lack the name

/// Runs in the child, on a copy of our memory: system calls only. The order is the exit code plus one.
int obey(void* order) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::uint64_t code = 0;
  while (::read(*static_cast<int*>(order), &code, sizeof code) != sizeof code) {
    if (errno != EINTR) ::_exit(255);
  }
  ::_exit(static_cast<int>(code - 1));
}

}  // namespace

DefaultSigchld::DefaultSigchld() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, &before_);
}

DefaultSigchld::~DefaultSigchld() { ::sigaction(SIGCHLD, &before_, nullptr); }

Child::Child() : order_(::eventfd(0, EFD_CLOEXEC)) {
  alignas(16) std::array<std::byte, 8 * 1024> stack;
  if (!order_.valid()) return;
  int order = order_.get();
  int pidfd = -1;
  pid_ = ::clone(obey, stack.data() + stack.size(), CLONE_PIDFD | SIGCHLD, &order, &pidfd);
  if (pid_ > 0) pidfd_ = Fd(pidfd);
}

Child::~Child() {
  if (!valid()) return;
  signal(SIGKILL);
  siginfo_t info{};
  while (::waitid(p_pidfd, static_cast<id_t>(pidfd()), &info, WEXITED) != 0 && errno == EINTR) {
  }
}

void Child::finish(unsigned code) const {
  const std::uint64_t order = code + 1ULL;
  [[maybe_unused]] const ssize_t written = ::write(order_.get(), &order, sizeof order);
}

void Child::signal(int number) const { ::syscall(SYS_pidfd_send_signal, pidfd(), number, nullptr, 0); }

int Child::poll(siginfo_t& info, int options) const {
  return ::waitid(p_pidfd, static_cast<id_t>(pidfd()), &info, options | WNOHANG) == 0 ? 0 : errno;
}

bool Child::wait_for_zombie() const {
  pollfd ended{pidfd(), POLLIN, 0};
  return ::poll(&ended, 1, static_cast<int>(patience.count())) == 1 && waitable();
}

bool Child::waitable() const {
  siginfo_t info{};
  return poll(info, WEXITED | WNOWAIT) == 0;
}

}  // namespace supd::kernel
