#pragma once

/// A write to a regular file for the worker pool: epoll can't tell when a disk is ready, and io_uring has threads for
/// it that one hung disk can take all, and that files share by a hash.

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "daemon/io/loop.hpp"

namespace supd::io {

struct WriteJob final : Job {
  WriteJob(int file, std::string text, std::size_t done, std::uint64_t where)
      : bytes(std::move(text)), written(done), fd(file), place_id(where) {}

  /// Writes what is left, blocking.
  void run() noexcept override {
    while (written < bytes.size()) {
      const ssize_t count = ::write(fd, bytes.data() + written, bytes.size() - written);
      if (count > 0) {
        written += static_cast<std::size_t>(count);
      } else if (count == 0 || errno != EINTR) {
        error = count == 0 ? EIO : errno;
        return;
      }
    }
  }
  [[nodiscard]] std::uint64_t place() const noexcept override { return place_id; }

  std::string bytes;
  std::size_t written;
  int error = 0;  ///< errno value; EAGAIN: not a file that a thread should wait for
  int fd;         ///< the op's, which is not closed before its end
  std::uint64_t place_id;
};

}  // namespace supd::io
