#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace supd::io {

/// The file system that a file is on, as a Job::place(); never 0.
[[nodiscard]] inline std::uint64_t place_of(const struct statx& file) {
  constexpr std::uint64_t known = std::uint64_t{1} << 63;
  return known | std::uint64_t{file.stx_dev_major} << 32 | file.stx_dev_minor;
}

}  // namespace supd::io
