#pragma once

/// What the three engines share: ops and their life, timers, lanes, dispatch order, handed-over fds.
/// An engine arms ops, waits, and turns what the kernel says into Completions; the base calls the sinks.

#include <array>
#include <cstdint>
#include <vector>

#include "daemon/io/child_scan.hpp"
#include "daemon/io/fd_uses.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/io/op_slab.hpp"
#include "daemon/io/pace.hpp"
#include "daemon/io/timer_heap.hpp"
#include "daemon/io/worker_pool.hpp"
#include "daemon/io/write_job.hpp"

namespace supd::io {

class LoopBase : public Loop {
 public:
  OpId wait_child(pid_t pid, sys::BorrowedFd pidfd, ChildSink& sink) final;
  OpId read_stream(sys::BorrowedFd fd, Lane lane, StreamSink& sink) final;
  OpId poll(sys::BorrowedFd fd, unsigned events, Lane lane, PollSink& sink) final;
  OpId timer_at(Instant at, TimerSink& sink) final;
  OpId write_file(sys::BorrowedFd fd, std::string bytes, WriteSink& sink) final;
  OpId run_job(std::unique_ptr<Job> job, JobSink& sink) final;
  void cancel(OpId id) final;
  void release(OpId id, sys::UniqueFd fd) final;
  [[nodiscard]] Instant now() const final { return now_; }
  using Loop::turn;
  void turn(Instant latest) final;
  [[nodiscard]] LoopStats stats() const final;

 protected:
  /// Something that happened to an op. `result` is the engine's (a completion's res, poll bits) or, when
  /// `by_loop` is set, 0 or a negative errno value that ends the op without the kernel.
  struct Completion {
    OpId id;
    std::int32_t result = 0;
    std::uint32_t flags = 0;
    bool by_loop = false;
    std::uint8_t tag = 0;  ///< the engine's
  };
  enum LaneIndex : std::size_t { child_lane, timer_lane, stream_lane, control_lane, lane_count };
  /// Timers that expire at once are delivered in batches of this size, so that a turn stays short.
  static constexpr std::size_t expiries_per_turn_max = 1024;

  // ---- What an engine supplies ----
  /// Asks the kernel for the op, now or before the next wait. A failure is post()ed.
  virtual void start(Op& op) = 0;
  /// The owner has asked the op to end; it will be ended by a completion. Called once per op.
  virtual void stop(Op& op) = 0;
  /// The owner has left (`released` is set). Retires the op at once, or as soon as the kernel lets go.
  virtual void abandon(Op& op) = 0;
  /// Submits, waits until `until` at most, samples now_, and post()s what has completed.
  virtual void gather(Instant until) = 0;
  /// One completion of a live op, in lane order: ends in one of the finish functions or leaves it armed.
  virtual void deliver(Op& op, const Completion& completion) = 0;
  /// The op is about to be retired: the engine's own books.
  virtual void forget(Op&) {}
  /// Waits for the worker pool's fd as well from now on, and calls collect_jobs() from gather() when it is readable.
  /// False: it can't. An engine that has no_threads() is never asked.
  virtual bool watch_jobs(sys::BorrowedFd) { return false; }
  /// Jobs are start()ed like other ops.
  [[nodiscard]] virtual bool no_threads() const { return false; }
  /// A write that the worker pool had is to be waited for: somebody has set O_NONBLOCK on its file.
  virtual void would_block(Op&) {}
  /// After the last callback of a batch.
  virtual void batch_done() {}
  /// Lets output gather for so long. Only an engine whose time passes by itself does that.
  virtual void nap(Duration) {}
  virtual void close_fd(int fd);

  // ---- What it may use ----
  void post(const Completion& completion);
  void post_error(const Op& op, int error) { post({op.id, -error, 0, true}); }
  /// Whether something waits to be delivered, so that gather() must not sleep.
  [[nodiscard]] bool anything_posted() const;
  [[nodiscard]] Instant next_deadline() const { return timers_.next(); }
  /// Scans for ended children without pidfds and posts them.
  void scan_children();

  void finish_child(Op& op, ExitStatus exit, int error);
  void finish_stream(Op& op, StreamEnd reason, int error);
  void finish_poll(Op& op, unsigned revents, int error);
  void finish_write(Op& op, int error);
  void finish_job(Op& op);
  /// Has the worker pool run the job, from the start of the next turn on. No op: it is only run and destroyed.
  void hand_over(OpId id, std::unique_ptr<Job> job) { to_pool_.push_back({.id = id, .job = std::move(job)}); }
  /// Has the worker pool write what is left of a write. `place` as Job::place().
  void hand_over_write(Op& op, std::uint64_t place);
  /// Takes back what has run.
  void collect_jobs();
  /// Ends any op for an errno value: what `error` means depends on its kind.
  void finish(Op& op, int error);
  /// Hands bytes to a stream's sink, unless the owner has left.
  void give_bytes(Op& op, StreamPart& stream, std::span<const std::byte> bytes);
  /// Ends an op without a callback.
  void retire(Op& op);
  /// For an engine's destructor: releases every op and turns, without callbacks, until all are gone and
  /// their bytes written, or patience ends. Closes the fds that were handed over.
  void wind_down(Duration patience);

  OpSlab slab_;
  TimerHeap timers_;
  ChildScan child_scan_;
  LoopStats stats_;
  Instant now_;

 private:
  using Lanes = std::array<std::vector<Completion>, lane_count>;

  Op& open(int fd, Lane lane);
  /// The op of an id that its owner may still use.
  Op* live(OpId id);
  static LaneIndex lane_of(Op& op);
  void dispatch(LaneIndex lane);
  void deliver_one(const Completion& completion);
  void expire_timers();
  void pace(StreamPart& stream, std::size_t bytes);
  void finish_timer(Op& op, bool canceled);
  [[nodiscard]] Instant submit_jobs();
  bool open_pool();
  void run_here();
  void jobs_done();
  void take_back_write(Op& op, WriteJob& job);
  void drop(std::unique_ptr<Job> job);
  void close_slowly(int fd);

  FdUses uses_;
  Pace pace_;
  Duration nap_{0};                   ///< to take before the next look
  Lanes incoming_;                    ///< posted since the last batch began
  Lanes batch_;                       ///< being dispatched
  std::unique_ptr<WorkerPool> pool_;  ///< from the first job on
  std::vector<PoolTask> to_pool_;     ///< handed over before the next wait
  std::vector<PoolTask> from_pool_;
  bool in_turn_ = false;
  bool winding_down_ = false;
};

}  // namespace supd::io
