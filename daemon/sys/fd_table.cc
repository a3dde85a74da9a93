#include "daemon/sys/fd_table.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "daemon/sys/directory.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr unsigned first_fd = 3;
constexpr unsigned close_range_cloexec = 1U << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
constexpr rlim_t scan_limit = 1U << 20;

void mark(int fd) {
  int flags = ::fcntl(fd, F_GETFD);
  if (flags >= 0) ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

bool mark_by_proc() {
  auto list = Directory::open(working_directory, "/proc/self/fd");
  if (!list) return false;
  while (const dirent* entry = list->next()) {
    int fd = std::atoi(entry->d_name);
    if (fd >= static_cast<int>(first_fd)) mark(fd);
  }
  return true;
}

void mark_by_number() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  auto end = static_cast<int>(std::min(limit.rlim_max, scan_limit));
  for (int fd = static_cast<int>(first_fd); fd < end; ++fd) mark(fd);
}

}  // namespace

bool close_range_available() {
  // An empty range: nothing is closed, and the answer is 0 wherever the call exists.
  static const bool available = ::syscall(SYS_close_range, ~0U, ~0U, 0U) == 0;
  return available;
}

void mark_inherited_fds_cloexec() {
  if (::syscall(SYS_close_range, first_fd, ~0U, close_range_cloexec) == 0) return;
  if (!mark_by_proc()) mark_by_number();
}

void open_missing_stdio() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    if (auto null = open_null(); null && null->get() == fd) null->release();  // the lowest free number
  }
}

Result<UniqueFd> open_null() {
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.valid()) return null;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("open", "/dev/null");
  ::close(ends[1]);
  return UniqueFd(ends[0]);
}

int duplicate_fd(int fd, int lowest) { return ::fcntl(fd, F_DUPFD_CLOEXEC, lowest); }

}  // namespace supd::sys
