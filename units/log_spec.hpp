#pragma once

/// Where a unit's output goes, and what becomes of it there: the `[log]` table of a unit file.

#include <cstdint>
#include <string>
#include <string_view>

#include "units/base/time.hpp"

namespace supd {

/// What log files are turned into once nobody writes them any more.
enum class Compression : std::uint8_t { none, gzip, zstd };

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
  bool file = true, memory = true, console = false;
  std::string path;                    ///< empty: LOGDIR/UNIT/current
  std::uint64_t max_line = 64 * 1024;  ///< longer lines are cut into marked pieces
  std::uint64_t memory_size = 256 * 1024;
  RotationSpec rotation;
  bool operator==(const LogSpec&) const = default;
};

[[nodiscard]] std::string_view word(Compression compression);

}  // namespace supd
