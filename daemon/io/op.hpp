#pragma once

/// One operation in flight, as all engines keep it. Ops live in an OpSlab: their addresses are stable,
/// so the parts that the kernel writes to (siginfo, write buffer, private read buffer) are safe here
/// until the op is retired.

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "daemon/io/loop.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

/// How far the kernel is involved with an op.
enum class Stage : std::uint8_t {
  idle,     ///< nothing asked of the kernel yet, or nothing any more
  queued,   ///< waits for a submission entry (uring), or for the worker pool to do it (epoll)
  armed,    ///< the kernel holds it: it may not be retired
  starved,  ///< a stream that waits for a free read buffer (uring)
};

/// How a stream is read.
enum class ReadMode : std::uint8_t {
  best,        ///< multishot (uring), RWF_NOWAIT (epoll)
  plain,       ///< one read at a time
  plain_poll,  ///< the plain read said EAGAIN: waiting for readiness (uring)
};

struct ChildPart {
  ChildSink* sink;
  pid_t pid;
  siginfo_t info{};
  std::uint8_t completions_due = 0;  ///< uring: completions still to come, two per arming
  int poll_result = 0;               ///< uring: what the poll of the pidfd said
  int wait_result = 0;               ///< uring: what the waitid behind it said
};

struct StreamPart {
  StreamSink* sink;
  ReadMode mode = ReadMode::best;
  std::unique_ptr<std::byte[]> buffer{};  ///< uring: for plain reads only
  std::uint64_t batch = 0;                ///< the last one that brought bytes
  std::size_t batch_bytes = 0;            ///< that it has brought so far
};

struct PollPart {
  PollSink* sink;
  unsigned events;
};

struct TimerPart {
  TimerSink* sink;
};

struct WritePart {
  WriteSink* sink;
  std::string bytes;
  std::size_t written = 0;
  bool polling = false;  ///< uring: waits for POLLOUT rather than for a write
  bool in_pool = false;  ///< the worker pool has the bytes: it may not be ended before they come back
  bool plain = false;    ///< the file knows no write that surely does not block (a terminal)
};

struct JobPart {
  JobSink* sink;
  std::unique_ptr<Job> job;  ///< empty while the worker pool has it
};

struct Op {
  OpId id;
  int fd = -1;
  Lane lane = Lane::stream;
  Stage stage = Stage::idle;
  bool released = false;            ///< the owner has left: never call its sink
  bool cancel_asked = false;        ///< cancel() or release() was called
  bool delivering = false;          ///< a stream's data callback is running
  std::uint32_t next = UINT32_MAX;  ///< slot: free list of the slab, or the next op on the same fd (epoll)
  std::variant<std::monostate, ChildPart, StreamPart, PollPart, TimerPart, WritePart, JobPart> part;

  template <class Part>
  [[nodiscard]] Part* get() {
    return std::get_if<Part>(&part);
  }
  /// When it is known which kind of op this is.
  template <class Part>
  [[nodiscard]] Part& as() {
    Part* known = std::get_if<Part>(&part);
    SUPD_ASSERT(known != nullptr);
    return *known;
  }
};

/// waitid(2)'s answer without loss.
[[nodiscard]] inline ExitStatus exit_of(const siginfo_t& info) { return {info.si_code, info.si_status}; }

}  // namespace supd::io
