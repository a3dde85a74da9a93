#pragma once

/// Points in time as people write them on the command line, in the time zone of this process.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace supd::ctl::logs {

/// "2026-11-23T12:00:00.5Z" (RFC 3339, also with an offset), "2026-11-23 12:00:30", "2026-11-23 12:00", "2026-11-23",
/// "12:00", "12:00:30", "10m", "1h30m ago", "now", "today", "yesterday" (their midnights), "@1795435201". `now_us`
/// and the result in microseconds since 1970. Else what is wrong with it, in words.
[[nodiscard]] std::expected<std::int64_t, std::string> parse_when(std::string_view text, std::int64_t now_us);

/// The midnight that the local day of `time_us` began with.
[[nodiscard]] std::int64_t midnight_before(std::int64_t time_us);

}  // namespace supd::ctl::logs
