#pragma once

/// Time stamps of log records: RFC 3339, UTC, microseconds: "2026-11-23T13:26:21.123456Z".

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace supd::log {

/// Length of every stamp.
inline constexpr std::size_t stamp_size = 27;

/// Makes the text of stamps, cheaply while they stay within one second.
class Stamper {
 public:
  /// `time_us` is wall time, microseconds since 1970; clamped to the years 0000 to 9999, which is all
  /// that RFC 3339 can say. The text is valid until the next call.
  [[nodiscard]] std::string_view text(std::int64_t time_us);

 private:
  void write_second(std::int64_t second);

  std::array<char, stamp_size> text_{};
  std::int64_t second_ = INT64_MIN;  ///< that text_ shows
};

/// CLOCK_REALTIME, microseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_us();

}  // namespace supd::log
