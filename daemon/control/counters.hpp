#pragma once

/// What happened at the control socket since the start: for `supctl doctor`, tests and benchmarks.

#include <cstdint>

namespace supd::control {

struct Counters {
  std::uint64_t clients = 0;           ///< sessions that were opened
  std::uint64_t refused_role = 0;      ///< clients that no list names
  std::uint64_t refused_full = 0;      ///< clients over Bounds::sessions or guest_sessions
  std::uint64_t refused_no_fd = 0;     ///< clients closed because no fd was free
  std::uint64_t accept_failures = 0;   ///< accept4(2) failed for another reason
  std::uint64_t requests = 0;          ///< frames read, good and bad
  std::uint64_t bad_requests = 0;      ///< that could not be read as requests
  std::uint64_t refused_requests = 0;  ///< that the client's role does not allow
  std::uint64_t oversize_frames = 0;   ///< sessions ended by a request longer than allowed
  std::uint64_t cut_off = 0;           ///< sessions ended because the client did not read
  std::uint64_t input_pauses = 0;      ///< times that reading from a client rested
  std::uint64_t tail_dropped = 0;      ///< log records left out because a tail was too long
};

}  // namespace supd::control
