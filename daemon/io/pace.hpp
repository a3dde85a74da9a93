#pragma once

/// How long to let output gather before looking again. A flood of small writes wakes a reader for every
/// few hundred bytes, which costs most of its time; a nap of a fraction of a millisecond turns hundreds of
/// wakeups into one. A fixed nap would throttle writers of large blocks (their pipe is full long before),
/// so the nap follows what the batches look like: it grows while streams bring little, shrinks when one
/// has nearly filled its pipe, and ends when it gets quiet. A line that comes alone is never delayed.

#include <cstddef>

#include "units/base/time.hpp"

namespace supd::io {

class Pace {
 public:
  static constexpr Duration longest = 1ms;  ///< also the most that anything else is delayed
  static constexpr Duration first = 100us;
  static constexpr Duration busy_gap = 250us;            ///< batches that follow each other so fast are a flood
  static constexpr std::size_t small_batch = 4096;       ///< bytes per stream: worth waiting for more
  static constexpr std::size_t nearly_full = 32 * 1024;  ///< of a pipe's 64 KiB: the writer is about to block
  static constexpr std::size_t quiet_batch = 512;        ///< bytes of all streams in one nap: no flood any more
  static constexpr int patience = 4;                     ///< small batches in a row before the first nap

  /// A stream has brought `bytes` in this batch so far; `first_piece`: and nothing before in it.
  void note(std::size_t new_bytes, std::size_t stream_bytes, bool first_piece);

  /// The batch is over, and began at `now`. Returns the nap to take before the next one; 0: none.
  [[nodiscard]] Duration after_batch(Instant now);

 private:
  [[nodiscard]] Duration next_nap(Duration gap);

  std::size_t total_ = 0;    ///< bytes of this batch
  std::size_t peak_ = 0;     ///< most of one stream in this batch
  std::size_t streams_ = 0;  ///< that brought something in this batch
  int small_in_a_row_ = 0;
  Duration nap_{0};
  Instant last_{};
};

}  // namespace supd::io
