#pragma once

/// Whole lines to one of supd's own outputs, which anybody may have stalled, closed or pointed at a full
/// disk. Never blocks, never spins: what does not fit is dropped line by line, counted, and reported in
/// place when it goes on.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/sys/fd.hpp"

namespace supd::log {

class Outlet final : io::WriteSink {
 public:
  static constexpr Duration quiet_time = 1s;  ///< after an error nothing is tried for so long

  /// The line that stands where `lines` are missing.
  using DropNote = std::string (*)(std::uint64_t lines);
  [[nodiscard]] static std::string plain_note(std::uint64_t lines);

  /// An invalid fd swallows everything, counted. SIGPIPE must be ignored or blocked by the program.
  Outlet(sys::UniqueFd fd, std::size_t max_pending, DropNote note = plain_note);
  ~Outlet();
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  /// From now on the loop writes. Before, and after detach(), write() tries itself, without waiting.
  void attach(io::Loop& loop);
  void detach();

  /// One line with its newline, whole or not at all; false: dropped.
  bool write(std::string_view line);

  [[nodiscard]] sys::BorrowedFd fd() const { return fd_.borrow(); }
  [[nodiscard]] bool idle() const { return !write_ && pending_.empty(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  ///< lines

 private:
  void on_write(io::OpId id, std::size_t written, int error, std::string buffer) noexcept override;
  void drop(std::string_view lines);
  void start();
  void add_drop_note();
  [[nodiscard]] bool quiet() const;

  sys::UniqueFd fd_;
  io::Loop* loop_ = nullptr;
  io::OpId write_{};
  std::string pending_;
  std::size_t max_pending_;
  DropNote note_;
  std::uint64_t dropped_ = 0;
  std::uint64_t unreported_ = 0;
  Instant quiet_until_{};
};

}  // namespace supd::log
