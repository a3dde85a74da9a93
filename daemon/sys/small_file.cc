#include "daemon/sys/small_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace supd::sys {
namespace {

constexpr std::size_t first_size = 4096;

}  // namespace

static_assert(working_directory.get() == AT_FDCWD);

Result<std::string> read_small_file(BorrowedFd directory, const char* path, std::size_t limit) {
  UniqueFd file(::openat(directory.get(), path, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return failed("open", path);
  std::string text;
  std::size_t used = 0;
  while (true) {
    if (used == text.size()) text.resize(std::min(limit + 1, std::max(first_size, used * 2)));
    ssize_t got = ::read(file.get(), text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    used += static_cast<std::size_t>(got);
    if (used > limit) return std::unexpected(errno_error("read", path, EFBIG));
    if (got == 0) break;
  }
  text.resize(used);
  return text;
}

Result<void> write_small_file(BorrowedFd directory, const char* path, std::string_view text) {
  UniqueFd file(::openat(directory.get(), path, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return failed("open", path);
  ssize_t written = 0;
  do {
    written = ::write(file.get(), text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(text.size())) return failed("write", path);
  return {};
}

}  // namespace supd::sys
