#pragma once

/// Reads what Stamper writes: "2026-11-23T13:26:21.123456Z", or with an offset from UTC in place of the Z
/// ("+01:00").

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace supd::log {

struct ParsedStamp {
  std::int64_t time_us = 0;  ///< microseconds since 1970
  std::size_t size = 0;      ///< bytes of it
};

/// The stamp that `text` begins with; nothing where it begins with anything else.
[[nodiscard]] std::optional<ParsedStamp> parse_stamp(std::string_view text);

}  // namespace supd::log
