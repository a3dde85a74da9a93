#pragma once

/// Write buffers shared by all log files, so that a thousand quiet units hold none, and one bound on
/// what all of them together may hold back while disks are slow.

#include <cstddef>
#include <string>
#include <vector>

namespace supd::log {

class BufferPool {
 public:
  static constexpr std::size_t max_pending_bytes = 128 * 1024 * 1024;  ///< of all files together
  static constexpr std::size_t max_kept_bytes = 1024 * 1024;           ///< capacity of unused buffers
  static constexpr std::size_t max_kept_busy = 16 * 1024 * 1024;       ///< the same while bytes wait for their files

  /// An empty buffer, with capacity if one is at hand.
  [[nodiscard]] std::string take();
  void give(std::string buffer);

  /// Counts bytes that are to wait for their file; false (and nothing counted) when `share` is full.
  [[nodiscard]] bool reserve(std::size_t bytes, std::size_t share = max_pending_bytes);
  /// Counts a few bytes in any case.
  void add(std::size_t bytes) { pending_ += bytes; }
  void unreserve(std::size_t bytes);
  [[nodiscard]] std::size_t pending() const { return pending_; }

 private:
  std::vector<std::string> kept_;
  std::size_t kept_bytes_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace supd::log
