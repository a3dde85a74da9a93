#pragma once

/// Cuts a byte stream into newline-terminated frames. Memory is bounded by the longest frame allowed
/// plus what one push() brings; each byte is looked at once.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/proto/messages.hpp"

namespace supd::proto {

class Framer {
 public:
  /// `max_frame`: bytes before the newline. A frame of exactly that length still passes.
  explicit Framer(std::size_t max_frame = max_request_bytes) : max_frame_(max_frame) {}

  /// Views from next() are invalid after this.
  void push(std::string_view bytes);

  /// The next whole frame without its newline (and without a CR before it); empty lines are skipped.
  /// Valid until the next push(). Nothing: more bytes are needed, or overflowed().
  [[nodiscard]] std::optional<std::string_view> next();

  /// A frame, finished or not, is longer than allowed. It stays so: the stream can't be trusted any more.
  [[nodiscard]] bool overflowed() const { return overflowed_; }

  /// Bytes that were pushed and not yet handed out.
  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - taken_; }

 private:
  std::string buffer_;
  std::size_t taken_ = 0;    ///< handed out
  std::size_t scanned_ = 0;  ///< no newline in [taken_, scanned_)
  std::size_t max_frame_;
  bool overflowed_ = false;
};

}  // namespace supd::proto
