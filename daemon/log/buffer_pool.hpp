#pragma once

/// Write buffers shared by all log files, so that a thousand quiet units hold none, and one bound on
/// what all of them together may hold back while disks are slow.

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::log {

class BufferPool final : io::TimerSink {
 public:
  /// Of all files together. Units that are waited for may pass it by one read each, see FileSink::full().
  static constexpr std::size_t max_pending_bytes = 128 * 1024 * 1024;
  static constexpr std::size_t max_kept_bytes = 64 * 1024 * 1024;  ///< capacity of unused buffers
  static constexpr std::size_t max_kept_quiet = 1024 * 1024;       ///< the same once it got quiet
  static constexpr Duration quiet_time = 1s;                       ///< without a buffer taken

  explicit BufferPool(io::Loop& loop) : loop_(loop) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// An empty buffer, with capacity if one is at hand.
  [[nodiscard]] std::string take();
  void give(std::string buffer);

  /// Counts bytes that wait for their file, and those that do no more.
  void add(std::size_t bytes) { pending_ += bytes; }
  void remove(std::size_t bytes) { pending_ -= bytes; }
  [[nodiscard]] std::size_t pending() const { return pending_; }
  [[nodiscard]] std::size_t kept() const { return kept_bytes_; }

 private:
  void on_timer(io::OpId id, bool canceled) noexcept override;

  io::Loop& loop_;
  io::OpId timer_{};  ///< runs only while more is kept than in quiet times
  std::vector<std::string> kept_;
  std::size_t kept_bytes_ = 0;
  std::size_t pending_ = 0;
  bool taken_ = false;  ///< since the timer was set
};

}  // namespace supd::log
