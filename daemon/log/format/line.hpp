#pragma once

/// The vocabulary of the log's stages: what a child wrote, cut into lines.

#include <cstdint>
#include <string_view>

namespace supd::log {

enum class Stream : std::uint8_t { out, err };

/// Why a piece of text ends where it ends.
enum class LineEnd : std::uint8_t {
  newline,     ///< the child wrote '\n' here
  cut,         ///< the line is longer than max_line: it goes on in the next piece of its stream
  pause,       ///< the child fell silent in the middle of a line: it may go on
  stream_end,  ///< the stream ended without a newline
};

/// Whether the line goes on in the next piece of the same stream.
[[nodiscard]] constexpr bool goes_on(LineEnd end) { return end == LineEnd::cut || end == LineEnd::pause; }

struct Line {
  std::string_view text;  ///< the child's bytes, unchanged, without the newline; valid during the call
  LineEnd end = LineEnd::newline;
};

struct LineSink {
  virtual void on_line(const Line& line) = 0;

 protected:
  ~LineSink() = default;
};

}  // namespace supd::log
