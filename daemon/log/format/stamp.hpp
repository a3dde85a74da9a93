#pragma once

/// Time stamps of log records: RFC 3339 with microseconds, in UTC "2026-11-23T13:26:21.123456Z" or in
/// local time with its offset "2026-11-23T14:26:21.123456+01:00".

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "units/log_spec.hpp"

namespace supd::log {

/// Length of every stamp in UTC, and of every one in local time.
inline constexpr std::size_t stamp_size = 27;
inline constexpr std::size_t local_stamp_size = 32;

/// Makes the text of stamps, cheaply while they stay within one second.
class Stamper {
 public:
  /// The local zone is what tzset(3) makes of TZ or /etc/localtime, at its first use.
  explicit Stamper(LogTime zone = LogTime::utc) : zone_(zone) {}

  /// `time_us` is wall time, microseconds since 1970; clamped to the years 0000 to 9999, which is all
  /// that RFC 3339 can say. The text is valid until the next call.
  [[nodiscard]] std::string_view text(std::int64_t time_us);

 private:
  void write_second(std::int64_t second);
  void write_offset(std::int64_t minutes);

  LogTime zone_;
  std::array<char, local_stamp_size> text_{};
  std::int64_t second_ = INT64_MIN;  ///< that text_ shows
};

/// CLOCK_REALTIME, microseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_us();

}  // namespace supd::log
