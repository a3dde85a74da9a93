#pragma once

/// Cuts the bytes of a log file into lines, wherever reads divide them. A line longer than `longest_line` comes
/// in pieces: memory is bounded.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace supd::ctl::logs {

/// A record of a line of 1 MiB, each byte of it spelled as six in JSON, and what stands before it.
inline constexpr std::size_t longest_line = 6UL * 1024 * 1024 + 4096;

struct FileLine {
  std::string_view text;     ///< without its newline; valid until the next call
  std::uint64_t offset = 0;  ///< of its first byte in the file
  bool goes_on = false;      ///< a piece: the line is longer
  bool continues = false;    ///< of the line before
};

class LineCutter {
 public:
  static constexpr std::size_t read_bytes = 64UL * 1024;

  /// Begins a file (or goes on within one, at a line's start).
  void begin(std::uint64_t offset);
  /// Room for one read; then tell how much of it was used.
  [[nodiscard]] std::span<char> room();
  void filled(std::size_t bytes) { end_ += bytes; }

  /// The next whole line, or the next piece of an overlong one; nothing: more is needed.
  [[nodiscard]] std::optional<FileLine> next();
  /// What is left without a newline, as a line; nothing: nothing is.
  [[nodiscard]] std::optional<FileLine> rest();
  /// Bytes that wait for their newline.
  [[nodiscard]] std::size_t waiting() const { return end_ - begin_; }
  /// Where the next read continues.
  [[nodiscard]] std::uint64_t read_offset() const { return offset_ + waiting(); }

 private:
  FileLine take(std::size_t size, std::size_t skip, bool goes_on);

  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  ///< of what is not taken yet, within buffer_
  std::size_t searched_ = 0;         ///< no newline from begin_ up to here
  std::uint64_t offset_ = 0;         ///< of begin_ in the file
  bool continues_ = false;
};

}  // namespace supd::ctl::logs
