#pragma once

/// This process as the kernel accounts for it: for `doctor`, tests and benchmarks.

#include <cstdint>
#include <optional>

namespace supd::sys {

/// Each is empty where /proc does not tell.
struct SelfUsage {
  std::optional<std::uint64_t> open_fds;
  std::optional<std::uint64_t> rss_bytes;
  std::optional<std::uint64_t> pss_bytes;
};

/// Costs some hundred microseconds (smaps_rollup): not for every turn.
[[nodiscard]] SelfUsage self_usage();

}  // namespace supd::sys
