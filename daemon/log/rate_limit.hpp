#pragma once

/// Lets so many bytes per second through, and drops whole lines of what is more: a bucket of `burst` bytes
/// that fills by `rate` bytes per second. Pure: the time is told. A line passes as long as the bucket is not
/// empty, so that one longer than the whole bucket does pass, and is paid back afterwards.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/log/format/line.hpp"
#include "units/base/time.hpp"

namespace supd::log {

class RateLimit {
 public:
  static constexpr std::uint64_t no_limit = std::uint64_t{1} << 62;

  /// `rate` in bytes per second, more than 0; `burst` in bytes, 0: as much as comes in one second.
  RateLimit(std::uint64_t rate, std::uint64_t burst);

  /// Other limits; what was counted stays.
  void set(std::uint64_t rate, std::uint64_t burst);

  /// Whether a line, or a piece of one, passes. The pieces of one line pass or are dropped together. `now` is
  /// monotonic.
  [[nodiscard]] bool admit(Stream stream, const Line& line, Instant now);

  /// Whether lines were dropped that nobody was told of yet.
  [[nodiscard]] bool has_report() const { return unreported_bytes_ != 0; }
  /// "12 lines, 3456 bytes dropped: more than 10KB per second". Told with that.
  [[nodiscard]] std::string take_report();

  [[nodiscard]] std::uint64_t dropped_lines() const { return lines_; }
  [[nodiscard]] std::uint64_t dropped_bytes() const { return bytes_; }

 private:
  enum class Within : std::uint8_t { nothing, passing, dropping };  ///< a line whose end is still to come

  void fill(Instant now);

  std::uint64_t rate_, burst_;
  double tokens_;  ///< bytes in the bucket; below 0: to be paid back
  Instant filled_{};
  std::uint64_t lines_ = 0, bytes_ = 0, unreported_lines_ = 0, unreported_bytes_ = 0;
  std::array<Within, 2> within_{};  ///< by Stream
};

}  // namespace supd::log
