#include "daemon/sys/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace supd::sys {

bool is_terminal(BorrowedFd fd) { return ::isatty(fd.get()) == 1; }

Result<UniqueFd> open_terminal(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return failed("open", path);
  int flags = ::fcntl(fd.get(), F_GETFL);
  if (!is_terminal(fd.borrow()) || flags < 0) return std::unexpected(errno_error("open", path, ENOTTY));
  if (::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) return failed("fcntl", path);
  return fd;
}

void give_up_terminal() {
  if (::getsid(0) != ::getpid()) return;
  UniqueFd terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  int fd = terminal.valid() ? terminal.get() : STDIN_FILENO;
  if (::ioctl(fd, TIOCNOTTY) != 0) return;
  // Ignored for a moment, a pending signal is gone.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  if (::sigaction(SIGHUP, &ignore, &before) == 0) ::sigaction(SIGHUP, &before, nullptr);
}

}  // namespace supd::sys
