#pragma once

/// A provided-buffer ring with memory of its own.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/io/kernel/ring.hpp"

namespace supd::kernel {

/// Lives shorter than its ring. Buffers are handed to the kernel one by one, each with its own size.
class Buffers {
 public:
  /// `count` is a power of two. `bytes_each` is the room per buffer, the most that give() may name.
  Buffers(Ring& ring, std::uint16_t group, unsigned count, std::size_t bytes_each);
  ~Buffers();
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  int error() const { return error_; }  ///< the errno of mapping or registering
  std::uint16_t group() const { return group_; }
  unsigned count() const { return count_; }

  void give(std::uint16_t id, std::size_t bytes);
  void give(std::uint16_t id) { give(id, bytes_each_); }
  void give_all();

  std::string_view bytes(std::uint16_t id, std::size_t count) const;

 private:
  Ring& ring_;
  std::uint16_t group_;
  unsigned count_;
  std::size_t bytes_each_;
  std::size_t mapped_bytes_ = 0;
  std::byte* memory_ = nullptr;  ///< first the entries, then the buffers
  io_uring_buf_ring* entries_ = nullptr;
  int error_ = 0;
};

}  // namespace supd::kernel
