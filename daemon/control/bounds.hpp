#pragma once

/// Every bound of the control server, by name. What happens at each is said here; each has a counter in
/// counters.hpp. The wire's own bounds (longest request, nesting, patterns) are in ctl/proto/messages.hpp.

#include <cstddef>
#include <cstdint>

#include "ctl/proto/messages.hpp"
#include "units/base/time.hpp"

namespace supd::control {

struct Bounds {
  /// More clients are told so and closed.
  std::size_t sessions = 256;
  /// Of these, clients that are not admin: they can't lock an admin out.
  std::size_t guest_sessions = 192;
  /// Requests of one session that are not answered yet: reading from it rests until one is.
  std::size_t requests_in_flight = 64;
  /// Unsent bytes at which no more of a session's requests are taken and its logs and events rest. Nor is
  /// a request taken while another one's long answer is put together.
  std::size_t output_soft = 256 * 1024;
  /// Unsent bytes, queued records included, at which a client that does not read is cut off.
  std::size_t output_hard = 8 * 1024 * 1024;
  /// The same over all sessions: the session that holds the most is cut off.
  std::size_t output_total = 64 * 1024 * 1024;
  /// Bytes of requests that wait unread for their turn: reading from the session rests.
  std::size_t input_waiting = 64 * 1024;
  /// A longer request ends the session.
  std::size_t request_bytes = proto::max_request_bytes;

  /// Work in one turn of the loop, so that other lanes get theirs: the rest waits for the next turn.
  std::size_t sessions_per_turn = 4;
  std::size_t requests_per_slice = 8;
  std::size_t steps_per_slice = 2;
  std::size_t accepts_per_turn = 32;
  std::size_t units_per_step = 256;       ///< status: units described in one step
  std::size_t piece_bytes = 32 * 1024;    ///< logs, events: bytes in one notification, about
  std::size_t gather_bytes = 512 * 1024;  ///< logs: bytes of log tail read in one step, about

  /// Globs in one request, because each is held against every unit: more are invalid params.
  std::size_t globs = 64;
  /// Longer unit names and patterns match nothing.
  std::size_t pattern_bytes = 256;
  /// Records and bytes of log tail that one request gets: the newest are kept.
  std::size_t tail_lines = 100'000;
  std::size_t tail_bytes = 2 * 1024 * 1024;
  std::size_t event_lines = 10'000;

  /// Without a free fd: one client is closed unheard, then accepting rests this long.
  Duration accept_pause = 100ms;
  /// A client that has half closed its side is looked after by a timer: so often while it shall read...
  Duration half_closed_send_pause = 10ms;
  /// ... and so often, whether it is still there, while there is nothing to send.
  Duration half_closed_look_pause = 500ms;
};

/// Log lines and events that `logs` and `events` give when they are not told how many.
inline constexpr std::size_t default_lines = 1000;
inline constexpr std::size_t default_lines_before_follow = 10;

}  // namespace supd::control
