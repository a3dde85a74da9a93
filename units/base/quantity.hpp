#pragma once

/// Durations and sizes as people write them in unit files and on the command line.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "units/base/time.hpp"

namespace supd {

/// "250ms", "5s", "2m", "1h", "1d", "1m30s", "0" (only zero needs no unit). Nothing on bad input,
/// on overflow and on negative values. Units: ns us ms s m h d.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact spelling that parse_duration reads back: "1m30s", "250ms", "0s".
[[nodiscard]] std::string duration_text(Duration length);

/// About this long, for people: "3.2 s", "4 min", "2 h 5 min", "3 d 4 h".
[[nodiscard]] std::string duration_approximate(Duration length);

/// "64KiB", "10MB", "512", "1GiB", "4K" (K = KiB, as in cgroup files). Bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// The shortest exact spelling: "64KiB", "10MB", "513B".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace supd
