#pragma once

/// Where a unit's output goes, and what becomes of it there: the `[log]` table of a unit file.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "units/base/time.hpp"

namespace supd {

/// What log files are turned into once nobody writes them any more.
enum class Compression : std::uint8_t { none, gzip, zstd };

/// What a record looks like in a log file.
enum class LogFormat : std::uint8_t {
  text,  ///< stamp, stream, text
  json,  ///< one object per line
  raw,   ///< the bytes as they are, and nothing else
};

/// What becomes of output that comes faster than its file takes it.
enum class OnFull : std::uint8_t {
  drop,   ///< whole lines are dropped and counted
  block,  ///< the unit's pipes are not read until there is room: it waits when it writes
};

/// What the stamps of records show. Either way a stamp names its instant exactly.
enum class LogTime : std::uint8_t {
  utc,    ///< "2026-11-23T17:04:05.123456Z"
  local,  ///< "2026-11-23T18:04:05.123456+01:00"
};

/// When a log file is closed and another one begun, and which of the closed ones stay.
struct RotationSpec {
  std::uint64_t max_size = 10'000'000;        ///< bytes; 0: of any size
  Duration max_age = std::chrono::hours(24);  ///< 0: of any age
  std::uint32_t keep = 10;                    ///< closed files that stay; 0: any number
  std::uint64_t keep_total = 0;               ///< bytes of all closed files together; 0: any
  Duration keep_age{0};                       ///< since a file was closed; 0: any
  Compression compress = Compression::none;
  bool operator==(const RotationSpec&) const = default;
};

struct LogSpec {
  bool file = true, memory = true, console = false, journal = false, syslog = false;
  std::string path;                    ///< empty: LOGDIR/UNIT/current
  std::uint64_t max_line = 64 * 1024;  ///< longer lines are cut into marked pieces
  std::uint64_t memory_size = 256 * 1024;
  RotationSpec rotation;
  LogFormat format = LogFormat::text;
  OnFull on_full = OnFull::drop;
  std::uint64_t rate = 0;                         ///< bytes per second, above which whole lines are dropped; 0: any
  std::uint64_t burst = 0;                        ///< bytes that may come at once; 0: as many as in a second
  std::uint32_t rate_lines = 0, burst_lines = 0;  ///< the same in lines; both limits hold
  LogTime time = LogTime::utc;
  bool console_prefix = true;  ///< lines on the console have the unit's name before them
  bool operator==(const LogSpec&) const = default;
};

[[nodiscard]] std::string_view word(Compression compression);
[[nodiscard]] std::string_view word(LogFormat format);
[[nodiscard]] std::string_view word(OnFull on_full);
[[nodiscard]] std::string_view word(LogTime time);

/// The facilities of syslog by their numbers (RFC 5424, section 6.2.1).
inline constexpr std::array<std::string_view, 24> syslog_facilities{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

}  // namespace supd
