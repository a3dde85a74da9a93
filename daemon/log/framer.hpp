#pragma once

/// Cuts one stream of bytes into lines. Pure: no clock, no fd. The records are the same however the
/// bytes were split on their way here.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/log/format/line.hpp"

namespace supd::log {

class Framer {
 public:
  /// Bounds of `max_line`, in bytes without the newline; values outside are clamped.
  static constexpr std::uint64_t least_max_line = 16;
  static constexpr std::uint64_t greatest_max_line = 1024 * 1024;

  explicit Framer(std::uint64_t max_line);

  /// Hands every line that ends in `chunk` to the sink, without a copy where a line lies wholly in the
  /// chunk, and keeps the unfinished rest. A line longer than max_line comes in pieces of max_line bytes
  /// (up to three less, so that no UTF-8 character is split), as soon as it is known to be longer.
  void feed(std::string_view chunk, LineSink& sink);

  /// The child fell silent: hands over the unfinished rest, if any, marked LineEnd::pause.
  void pause(LineSink& sink);

  /// The stream has ended: hands over the unfinished rest, once. Feeding may start anew after it.
  void finish(LineSink& sink);

  /// Whether finish() would hand over nothing.
  [[nodiscard]] bool idle() const { return carry_.empty() && !open_; }
  /// Bytes that wait for their newline; at most max_line.
  [[nodiscard]] std::size_t waiting() const { return carry_.size(); }
  /// Memory held, for tests of the bound.
  [[nodiscard]] std::size_t capacity() const { return carry_.capacity(); }

 private:
  void feed_short(std::string_view chunk, LineSink& sink);
  std::string_view complete_carry(std::string_view chunk, LineSink& sink);
  void emit(std::string_view text, LineEnd end, LineSink& sink);
  void clear_carry();

  std::string carry_;  ///< start of a line whose end has not been seen
  std::uint32_t max_line_;
  bool open_ = false;  ///< the last piece said that its line goes on
};

/// Where to cut `text`, which is longer than `limit`: at `limit`, or up to three bytes before it when a
/// UTF-8 character would be split there. Never 0 for limit >= 4.
[[nodiscard]] std::size_t cut_point(std::string_view text, std::size_t limit);

}  // namespace supd::log
