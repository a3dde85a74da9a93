#pragma once

/// How many operations use each fd, and which fds were handed over to be closed when that is none:
/// one fd may carry several ops, and it must outlive all of them.

#include <cstdint>
#include <vector>

#include "daemon/sys/fd.hpp"

namespace supd::io {

class FdUses {
 public:
  void add(int fd);
  /// One use less. Whether the fd was handed over and now is the caller's to close.
  [[nodiscard]] bool remove(int fd);
  [[nodiscard]] bool used(int fd) const { return index(fd) < uses_.size() && uses_[index(fd)].count > 0; }
  /// Takes over an fd that is in use, to be closed by whoever sees remove() return true.
  void hand_over(sys::UniqueFd fd);
  /// The fds that are still waiting to be closed, for the end of the loop.
  [[nodiscard]] std::vector<int> handed_over() const;

 private:
  struct Uses {
    std::uint32_t count = 0;
    bool close_at_zero = false;
  };
  /// Negative fds (none, or an error of the owner that the kernel will report) are never counted.
  static std::size_t index(int fd) { return static_cast<std::size_t>(fd < 0 ? INT32_MAX : fd); }

  std::vector<Uses> uses_;  ///< by fd number
};

}  // namespace supd::io
