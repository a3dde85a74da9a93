#pragma once

/// What log files are called once nobody writes them any more. Pure.
///
///   current.@2026-11-23T17-04-05.123456Z            closed at that time, UTC
///   current.@2026-11-23T17-04-05.123456Z.gz         the same, compressed; or .zst
///   current.@2026-11-23T17-04-05.123456Z.gz.tmp     being compressed; nothing once supd has ended
///
/// The part before ".@" is the name of the file that is written. Names of one directory never collide and
/// sort by age also where the clock was set back: see next_rotation_us(). Nothing else is ever taken for
/// a file of ours, so nothing else is ever removed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "units/log_spec.hpp"

namespace supd::log {

/// The name of the file that is written, where nobody has given it another: LOGDIR/UNIT/current.
inline constexpr std::string_view current_name = "current";
[[nodiscard]] inline std::string usual_log_path(std::string_view directory, std::string_view unit) {
  std::string out(directory);
  for (std::string_view part : {unit, current_name}) {
    if (!out.ends_with('/')) out += '/';
    out += part;
  }
  return out;
}

struct RotatedName {
  std::int64_t time_us = 0;  ///< when the file was closed, microseconds since 1970
  Compression compression = Compression::none;
  bool unfinished = false;  ///< a compressed copy that is being made, or never got done
  bool operator==(const RotatedName&) const = default;
};

/// ".gz", ".zst", or nothing.
[[nodiscard]] std::string_view suffix(Compression compression);

/// `base` is the last part of the path of the file that is written.
[[nodiscard]] std::string rotated_name(std::string_view base, const RotatedName& name);

/// Empty for every name that rotated_name() does not make.
[[nodiscard]] std::optional<RotatedName> parse_rotated(std::string_view base, std::string_view name);

/// The time in the next file's name: now, or just after the newest one that is there.
[[nodiscard]] std::int64_t next_rotation_us(std::int64_t now_us, std::int64_t newest_us);

}  // namespace supd::log
