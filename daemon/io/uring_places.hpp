#pragma once

/// How many writes are in flight on each file system. The kernel has a bounded number of threads for those that may
/// block; one disk that hangs must not take them all, so what is too much for a place waits here.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "daemon/io/loop.hpp"

namespace supd::io::uring {

class Places {
 public:
  static constexpr std::size_t writes_max = 4;        ///< in flight per place
  static constexpr unsigned kernel_threads_max = 64;  ///< of the ring, for what may block

  /// True: it may begin, and is counted until end(). False: it waits for its turn.
  [[nodiscard]] bool begin(std::uint64_t place, OpId id);
  /// One less. The op whose turn it is, if any; it may be stale, then ask next().
  [[nodiscard]] OpId end(std::uint64_t place);
  [[nodiscard]] OpId next(std::uint64_t place);

 private:
  struct Place {
    std::size_t in_flight = 0;
    std::deque<OpId> waiting;
  };
  std::unordered_map<std::uint64_t, Place> places_;  ///< those in use
};

}  // namespace supd::io::uring
