#pragma once

/// Descriptors of the checks: an owner, and pipes.

#include <cstddef>
#include <string_view>
#include <utility>

namespace supd::kernel {

/// Closes its descriptor. -1 is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// Two connected descriptors; not valid() when the system refused.
struct Pipe {
  Fd reader;
  Fd writer;

  bool valid() const { return reader.valid() && writer.valid(); }
  /// False unless all bytes went in.
  bool write(std::string_view bytes) const;
};

/// A pipe(2), CLOEXEC, with O_NONBLOCK unless `flags` says otherwise.
Pipe make_pipe();
Pipe make_pipe(int flags);

}  // namespace supd::kernel
