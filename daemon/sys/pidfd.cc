#include "daemon/sys/pidfd.hpp"

#include <fcntl.h>
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

Result<UniqueFd> open_process(pid_t pid) {
  auto pidfd = pidfd_open(pid);
  if (pidfd || pidfd.error().code == ESRCH) return pidfd;
  std::string path = "/proc/" + std::to_string(pid);
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return failed("open", path);
  return directory;
}

bool pidfd_available() {
  static const bool available = pidfd_open(::getpid()).has_value();
  return available;
}

int pidfd_send_signal(BorrowedFd process, int signal) {
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0U) == 0 ? 0 : errno;
}

}  // namespace supd::sys
