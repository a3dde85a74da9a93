#pragma once

/// How the children of the benchmarks tell that they live: each writes one record into a FIFO, with
/// the time of its first instruction.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/time.hpp"

namespace supd::bench {

/// The same as in child.c.
struct Birth {
  std::uint64_t slot = 0;
  std::uint64_t pid = 0;
  std::uint64_t time_ns = 0;  ///< CLOCK_MONOTONIC
};

[[nodiscard]] std::uint64_t now_ns();

class Births {
 public:
  explicit Births(const std::string& path);  ///< makes the FIFO; throws when it can't

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Waits for `count` births; throws when they don't come in time.
  [[nodiscard]] std::vector<Birth> take(std::size_t count, Duration longest = 60s);

 private:
  std::string path_;
  sys::UniqueFd fifo_;
};

/// The latest time among them.
[[nodiscard]] std::uint64_t last_of(const std::vector<Birth>& births);

}  // namespace supd::bench
