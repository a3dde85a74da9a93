#pragma once

/// The pool of read buffers that all streams share: a provided-buffer ring (io_uring_register(2)).
/// The kernel picks a buffer per read; it comes home as soon as its bytes have been delivered.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "daemon/io/uring_ring.hpp"

namespace supd::io::uring {

class Buffers {
 public:
  static constexpr std::uint16_t group = 1;

  static Result<std::unique_ptr<Buffers>> open(Ring& ring, const Options& options);
  ~Buffers();
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  [[nodiscard]] std::span<std::byte> at(std::uint16_t id) {
    return {memory_ + std::size_t{id} * bytes_each_, bytes_each_};
  }
  /// A completion named a buffer: the kernel has taken it out of the ring.
  void taken() { --home_; }
  /// Gives a taken buffer back to the kernel.
  void give_back(std::uint16_t id);

  [[nodiscard]] unsigned home() const { return home_; }
  [[nodiscard]] unsigned count() const { return count_; }

 private:
  explicit Buffers(Ring& ring) : ring_(ring) {}
  Result<void> map(const Options& options);

  Ring& ring_;
  io_uring_buf_ring* entries_ = nullptr;  ///< mapped, page-aligned
  std::byte* memory_ = nullptr;           ///< mapped; pages are touched when the kernel first writes to them
  std::size_t bytes_each_ = 0;
  unsigned count_ = 0;
  unsigned home_ = 0;
  bool registered_ = false;
};

}  // namespace supd::io::uring
