#pragma once

/// Bounds of one load.

#include <cstddef>
#include <cstdint>

namespace supd::config {

/// Most units, and most files, in one load. One more is an error.
inline constexpr std::size_t max_units = 20'000;
/// Most replicas of one unit.
inline constexpr std::uint32_t max_replicas = 1000;

}  // namespace supd::config
