#include "daemon/log/open_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

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

bool same_file(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

bool ends_torn(const std::string& path, sys::BorrowedFd fd) {
  struct stat ours {
  }, theirs{};
  if (::fstat(fd.get(), &ours) != 0 || !S_ISREG(ours.st_mode) || ours.st_size == 0) return false;
  sys::UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!reader.valid() || ::fstat(reader.get(), &theirs) != 0 || !same_file(ours, theirs)) return false;
  char last = '\n';
  return ::pread(reader.get(), &last, 1, ours.st_size - 1) == 1 && last != '\n';
}

}  // namespace

Result<OpenedLog> open_log_file(const std::string& path) {
  sys::UniqueFd fd(::open(path.c_str(), append_flags, file_mode));
  if (!fd.valid() && errno == ENOENT) {
    if (auto made = make_directories_above(path); !made) return std::unexpected(made.error());
    fd.reset(::open(path.c_str(), append_flags, file_mode));
  }
  if (!fd.valid()) return failed("open", path);
  bool torn = ends_torn(path, fd.borrow());
  return OpenedLog{std::move(fd), torn};
}

bool is_deleted(sys::BorrowedFd fd) {
  struct statx is {};
  if (::statx(fd.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_NLINK | STATX_TYPE, &is) != 0) return false;
  return S_ISREG(is.stx_mode) && is.stx_nlink == 0;
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

bool is_terminal(sys::BorrowedFd fd) { return ::isatty(fd.get()) == 1; }

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
