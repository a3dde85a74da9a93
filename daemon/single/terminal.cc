#include "daemon/single/terminal.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace supd::single {

Terminal Terminal::own() {
  Terminal terminal;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && !terminal.present(); ++fd) {
    if (::tcgetpgrp(fd) >= 0) terminal.fd_ = fd;
  }
  return terminal;
}

bool Terminal::ours() const { return belongs_to(::getpgrp()); }
bool Terminal::belongs_to(pid_t group) const { return present() && ::tcgetpgrp(fd_) == group; }

bool Terminal::abandoned() const {
  pid_t group = present() ? ::tcgetpgrp(fd_) : -1;
  return group > 1 && ::kill(-group, 0) != 0 && errno == ESRCH;
}

void Terminal::give_to(pid_t group) const { ::tcsetpgrp(fd_, group); }

bool Terminal::give_up() const { return present() && ::getsid(0) == ::getpid() && ::ioctl(fd_, TIOCNOTTY) == 0; }

void Terminal::take_free_one() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::ioctl(fd, TIOCSCTTY, 0) == 0) return;
  }
}

}  // namespace supd::single
