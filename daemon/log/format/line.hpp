#pragma once

/// The vocabulary of the log's stages: what a child wrote, cut into lines.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace supd::log {

enum class Stream : std::uint8_t { out, err };

/// Who said a record: the child on one of its streams, or supd about it.
enum class Origin : std::uint8_t { out, err, supd };

/// "stdout", "stderr" or "supd".
[[nodiscard]] constexpr std::string_view word(Origin origin) {
  if (origin == Origin::supd) return "supd";
  return origin == Origin::out ? "stdout" : "stderr";
}

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

/// Calls `visit` with the text of each line of `block`, which ends with a newline.
template <class Visit>
void each_line(std::string_view block, Visit&& visit) {
  while (!block.empty()) {
    const void* end = std::memchr(block.data(), '\n', block.size());
    const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - block.data());
    visit(block.substr(0, length));
    block.remove_prefix(length + 1);
  }
}

/// Lines in `block`, which ends with a newline.
[[nodiscard]] inline std::size_t count_lines(std::string_view block) {
  std::size_t lines = 0;
  each_line(block, [&lines](std::string_view) { ++lines; });
  return lines;
}

struct LineSink {
  virtual void on_line(const Line& line) = 0;
  /// Many at once: `block` holds whole lines, each with its newline and within max_line; valid during the call.
  virtual void on_lines(std::string_view block) {
    each_line(block, [this](std::string_view text) { on_line({text, LineEnd::newline}); });
  }

 protected:
  ~LineSink() = default;
};

}  // namespace supd::log
