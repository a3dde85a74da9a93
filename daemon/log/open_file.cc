#include "daemon/log/open_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "daemon/io/place.hpp"

namespace supd::log {
namespace {

constexpr int append_flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr mode_t file_mode = 0640;
constexpr mode_t directory_mode = 0755;

/// What poll(2) promises of a pipe that is ready: so many bytes fit. See pipe(7), PIPE_BUF.
constexpr std::size_t ready_bytes = 4096;

Result<void> make_directories_above(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string directory = path.substr(0, slash);
    if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST) {
      // A directory that is there may answer EROFS or EACCES; what counts is whether it is there.
      int error = errno;
      struct stat is {};
      if (::stat(directory.c_str(), &is) != 0) return std::unexpected(errno_error("mkdir", directory, error));
    }
  }
  return {};
}

bool same_file(const struct statx& a, const struct statx& b) {
  return a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor;
}

constexpr unsigned wanted = STATX_BASIC_STATS | STATX_BTIME;

/// False on any error. `flags` as for statx(2).
bool look(int directory, const char* path, int flags, struct statx& is) {
  return ::statx(directory, path, flags | AT_STATX_DONT_SYNC, wanted, &is) == 0;
}
bool look(sys::BorrowedFd fd, struct statx& is) { return look(fd.get(), "", AT_EMPTY_PATH, is); }

bool ends_torn(const std::string& path, const struct statx& ours) {
  if (ours.stx_size == 0) return false;
  sys::UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct statx theirs {};
  if (!reader.valid() || !look(reader.borrow(), theirs) || !same_file(ours, theirs)) return false;
  char last = '\n';
  return ::pread(reader.get(), &last, 1, static_cast<off_t>(ours.stx_size) - 1) == 1 && last != '\n';
}

std::int64_t born_us(const struct statx& is) {
  const statx_timestamp& time = (is.stx_mask & STATX_BTIME) != 0 ? is.stx_btime : is.stx_mtime;
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

OpenedLog opened(const std::string& path, sys::UniqueFd fd, bool fresh) {
  OpenedLog out{.fd = std::move(fd), .fresh = fresh};
  struct statx is {
  }, named{};
  if (!look(out.fd.borrow(), is) || !S_ISREG(is.stx_mode)) return out;
  out.regular = look(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, named) && same_file(is, named);
  out.torn = ends_torn(path, is);
  out.size = is.stx_size;
  out.place = io::place_of(is);
  out.born_us = born_us(is);
  return out;
}

/// For file systems that know no RENAME_NOREPLACE: link(2) would do, where it is known.
int rename_carefully(const char* from, const char* to) {
  struct statx is {};
  if (look(AT_FDCWD, to, AT_SYMLINK_NOFOLLOW, is)) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from, to);
}

}  // namespace

Result<OpenedLog> open_log_file(const std::string& path) {
  sys::UniqueFd fd(::open(path.c_str(), append_flags, file_mode));
  bool fresh = !fd.valid() && errno == ENOENT;
  if (fresh) {
    if (auto made = make_directories_above(path); !made) return std::unexpected(made.error());
    fd.reset(::open(path.c_str(), append_flags, file_mode));
  }
  if (!fd.valid()) return failed("open", path);
  return opened(path, std::move(fd), fresh);
}

FileLook look_at(const std::string& path, sys::BorrowedFd fd) {
  struct statx is {
  }, named{};
  if (!look(fd, is) || !S_ISREG(is.stx_mode)) return {};
  FileLook out{.linked = is.stx_nlink != 0, .size = is.stx_size};
  if (look(AT_FDCWD, path.c_str(), 0, named)) {
    out.named = same_file(is, named);
  } else {
    out.named = errno != ENOENT && errno != ENOTDIR;
  }
  return out;
}

Result<void> rename_open_file(const std::string& path, sys::BorrowedFd fd, const std::string& to) {
  struct statx is {
  }, named{};
  if (!look(fd, is) || !look(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, named) || !same_file(is, named)) {
    return std::unexpected(Error{"rename", path, 0, "another file has this name now"});
  }
  int done = ::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (done != 0 && (errno == EINVAL || errno == ENOSYS)) done = rename_carefully(path.c_str(), to.c_str());
  if (done != 0) return failed("rename", path);
  return {};
}

sys::UniqueFd open_outlet(int fd) {
  struct stat is {};
  if (::fstat(fd, &is) != 0) return {};
  if (S_ISFIFO(is.st_mode) || ::isatty(fd) == 1) {
    std::string path = "/proc/self/fd/" + std::to_string(fd);
    sys::UniqueFd own(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (own.valid()) return own;
  }
  return sys::UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

std::size_t write_now(sys::BorrowedFd fd, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    pollfd ready{fd.get(), POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) break;
    ssize_t n = ::write(fd.get(), bytes.data() + written, std::min(bytes.size() - written, ready_bytes));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  return written;
}

std::size_t read_now(sys::BorrowedFd fd, std::span<std::byte> into) {
  ssize_t n = 0;
  do n = ::read(fd.get(), into.data(), into.size());
  while (n < 0 && errno == EINTR);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace supd::log
