#include "daemon/sys/pidfd.hpp"

#include <sys/syscall.h>

#include <cerrno>
#include <string>

namespace supd::sys {

Result<UniqueFd> pidfd_open(pid_t pid) {
  // The kernel sets CLOEXEC on every pidfd.
  long fd = ::syscall(SYS_pidfd_open, pid, 0U);
  if (fd < 0) return failed("pidfd_open", std::to_string(pid));
  return UniqueFd(static_cast<int>(fd));
}

bool pidfd_available() {
  static const bool available = pidfd_open(::getpid()).has_value();
  return available;
}

int pidfd_send_signal(BorrowedFd process, int signal) {
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0U) == 0 ? 0 : errno;
}

}  // namespace supd::sys
