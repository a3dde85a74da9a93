#pragma once

/// The event loop that everything in the daemon stands on. Three implementations: io_uring
/// (`uring_loop`), epoll (`epoll_loop`), and a simulated one for tests (`sim_loop`).
///
/// Contract, held by one suite for all three (tests/io/*_contract_test.cc):
///  - Calls return an OpId; memory that the kernel writes lives in the loop.
///  - No sink is ever called from inside one of these calls, only from turn().
///  - Each op makes exactly one terminal callback, unless release() was called on it. After the
///    terminal callback (and inside it) its OpId is stale; cancel() and release() of a stale id do nothing.
///  - cancel() is asynchronous: the terminal callback still comes, in a later turn or batch.
///  - An fd with an op on it must not be closed by its owner before the terminal callback;
///    release(id, fd) hands the fd to the loop, which closes it when the kernel has let go of it.
///  - EINTR, EAGAIN, ENOBUFS, a full submission queue and completion overflow never reach a sink.
///  - Work per turn and per stream is bounded: a noisy stream can't starve a quiet one.
///  - Inside one batch callbacks come in lane order: child, timer, stream, control.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/exit_status.hpp"
#include "units/base/time.hpp"

namespace supd::io {

/// Names one operation in flight. The generation makes ids of finished ops stale, never reused.
struct OpId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  ///< 0: no operation
  explicit operator bool() const { return generation != 0; }
  bool operator==(const OpId&) const = default;
};

/// Dispatch order of stream and poll callbacks inside one batch.
enum class Lane : std::uint8_t { stream, control };

struct ChildSink {
  /// Terminal. The child has ended and is still an unreaped zombie: its pid is pinned until the
  /// owner reaps it (sys/reap.hpp). `error` is 0, or ECANCELED, ECHILD: then `exit` is unknown.
  virtual void on_child_exit(OpId id, ExitStatus exit, int error) noexcept = 0;

 protected:
  ~ChildSink() = default;
};

enum class StreamEnd : std::uint8_t { eof, canceled, failed };

struct StreamSink {
  /// Bytes in order; valid only during the call.
  virtual void on_stream_data(OpId id, std::span<const std::byte> bytes) noexcept = 0;
  /// Terminal. `error` is an errno value for StreamEnd::failed, else 0.
  virtual void on_stream_end(OpId id, StreamEnd reason, int error) noexcept = 0;

 protected:
  ~StreamSink() = default;
};

struct PollSink {
  /// Terminal: poll(2) bits in `revents`, or `error` (ECANCELED, ...) and revents 0.
  virtual void on_poll(OpId id, unsigned revents, int error) noexcept = 0;

 protected:
  ~PollSink() = default;
};

struct TimerSink {
  /// Terminal. `canceled` tells a cancel() from an expiry; never called after release().
  virtual void on_timer(OpId id, bool canceled) noexcept = 0;

 protected:
  ~TimerSink() = default;
};

struct WriteSink {
  /// Terminal. `written` bytes reached the file (short only with an error); the buffer comes back
  /// for reuse, whole.
  virtual void on_write(OpId id, std::size_t written, int error, std::string buffer) noexcept = 0;

 protected:
  ~WriteSink() = default;
};

/// A piece of work that may block: what touches a file's name, or a disk.
struct Job {
  virtual ~Job() = default;
  /// On another thread, with all signals blocked and a small stack. Touches only what the job owns.
  virtual void run() noexcept = 0;
  /// Names what hangs when this hangs (a device, or a guess at one); 0: unknown. One place never takes all threads.
  [[nodiscard]] virtual std::uint64_t place() const noexcept { return 0; }
};

struct JobSink {
  /// Terminal: the job has run, and is its owner's again.
  virtual void on_job(OpId id, std::unique_ptr<Job> job) noexcept = 0;

 protected:
  ~JobSink() = default;
};

/// Counters for `supctl doctor`, tests and benchmarks; all since the loop was made.
struct LoopStats {
  std::uint64_t turns = 0;              ///< times turn() came back from the kernel
  std::uint64_t completions = 0;        ///< callbacks delivered
  std::uint64_t stale_completions = 0;  ///< completions of released ops, dropped
  std::uint64_t starved = 0;            ///< streams that had to wait for a free read buffer
  std::uint64_t overflows = 0;          ///< completion queue overflows survived
  std::uint64_t blocking_jobs = 0;      ///< jobs run on the loop itself, as no thread could be made
  std::uint32_t ops_in_flight = 0;
};

class Loop {
 public:
  virtual ~Loop() = default;
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] virtual std::string_view engine_name() const = 0;  ///< "uring", "epoll", "sim"

  /// Waits for a child of this process to end, without reaping it. `pidfd` refers to `pid`.
  virtual OpId wait_child(pid_t pid, sys::BorrowedFd pidfd, ChildSink& sink) = 0;

  /// Reads a pipe, socket, terminal or FIFO (O_NONBLOCK) until its end.
  virtual OpId read_stream(sys::BorrowedFd fd, Lane lane, StreamSink& sink) = 0;

  /// Waits once for poll(2) `events` (POLLIN, POLLOUT, POLLPRI, ...) on fd.
  virtual OpId poll(sys::BorrowedFd fd, unsigned events, Lane lane, PollSink& sink) = 0;

  /// Calls back once at or after `at` (CLOCK_MONOTONIC). Never early.
  virtual OpId timer_at(Instant at, TimerSink& sink) = 0;

  /// Appends all of `bytes` to a file (opened with O_APPEND) or writes them to a FIFO or terminal,
  /// without blocking the loop even when the disk does. One write per fd at a time; the caller queues.
  virtual OpId write_file(sys::BorrowedFd fd, std::string bytes, WriteSink& sink) = 0;

  /// Runs a job off the loop. It always runs to its end, whatever becomes of its owner: cancel() changes nothing, and
  /// after release() it is destroyed when it has run, on a thread that may block, too. Only the end of the loop drops
  /// jobs that have not begun. Jobs begin in order, but several may run at once.
  virtual OpId run_job(std::unique_ptr<Job> job, JobSink& sink) = 0;

  /// Asks an op to end early. Its terminal callback still comes, canceled or not: the race is open.
  virtual void cancel(OpId id) = 0;

  /// The owner leaves: cancels the op and never calls its sink again. `fd`, if given, is closed when
  /// no operation uses it any more (at once when `id` is stale). A write_file op is not cancelled:
  /// its bytes still reach the file.
  /// The fd of one is closed where that may block.
  virtual void release(OpId id, sys::UniqueFd fd = {}) = 0;

  /// The time, sampled once per turn.
  [[nodiscard]] virtual Instant now() const = 0;

  /// Waits until something completes, a timer expires, or `latest`, and delivers one batch.
  virtual void turn(Instant latest) = 0;
  void turn() { turn(Instant::never()); }

  [[nodiscard]] virtual LoopStats stats() const = 0;
};

}  // namespace supd::io
