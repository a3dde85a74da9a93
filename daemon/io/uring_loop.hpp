#pragma once

/// The io_uring engine. Calls only note what is wanted; each turn fills submission entries from those
/// notes and enters the kernel once, to submit and to wait. What the kernel says is copied out first and
/// dispatched after, in lane order.

#include <memory>
#include <vector>

#include "daemon/io/clock.hpp"
#include "daemon/io/loop_base.hpp"
#include "daemon/io/uring_buffers.hpp"
#include "daemon/io/uring_ring.hpp"

namespace supd::io {

class UringLoop final : public LoopBase {
 public:
  static Result<std::unique_ptr<UringLoop>> open(const uring::Options& options = {});
  /// Cancels what is in flight and waits for the kernel to let go; writes may end.
  ~UringLoop() override;

  [[nodiscard]] std::string_view engine_name() const override { return "uring"; }
  [[nodiscard]] uring::Ring& ring() { return *ring_; }
  /// Streams that the kernel would not read in multishot mode (regular files; or it can't at all).
  [[nodiscard]] std::uint64_t plain_streams() const { return plain_streams_; }
  /// The probe has passed: counters start from zero, and from now on a ring that the kernel refuses to
  /// enter is an internal error.
  void set_proven();

 protected:
  void start(Op& op) override;
  void stop(Op& op) override;
  void abandon(Op& op) override;
  void gather(Instant until) override;
  void nap(Duration length) override { sleep_for(length); }
  void deliver(Op& op, const Completion& completion) override;
  void batch_done() override;
  bool watch_jobs(sys::BorrowedFd signal) override;
  void would_block(Op& op) override { queue(op); }

 private:
  UringLoop(std::unique_ptr<uring::Ring> ring, std::unique_ptr<uring::Buffers> buffers, const uring::Options& options);

  // Arming (uring_arm.cc)
  void arm_queued();
  bool make_space(unsigned entries);
  void queue(Op& op);
  void arm(Op& op);
  void arm_child(Op& op, ChildPart& child);
  void arm_stream(Op& op, StreamPart& stream);
  void arm_poll(Op& op, unsigned events);
  void arm_write(Op& op, WritePart& write);
  void arm_signals();
  void arm_jobs();
  void send_cancels();

  // Completions (uring_deliver.cc)
  void collect();
  void note(const io_uring_cqe& cqe);
  void deliver_child(Op& op, ChildPart& child, const Completion& completion);
  void deliver_stream(Op& op, StreamPart& stream, const Completion& completion);
  void deliver_bytes(Op& op, StreamPart& stream, const Completion& completion);
  void stream_stopped(Op& op, StreamPart& stream, int result);
  void deliver_poll(Op& op, const Completion& completion);
  void deliver_write(Op& op, WritePart& write, const Completion& completion);

  uring::Options options_;
  std::unique_ptr<uring::Ring> ring_;
  std::unique_ptr<uring::Buffers> buffers_;
  std::vector<OpId> to_arm_;
  std::vector<OpId> to_cancel_;
  std::vector<OpId> starved_;
  sys::BorrowedFd jobs_signal_{-1};
  bool signals_armed_ = false, jobs_armed_ = false;
  std::uint64_t plain_streams_ = 0;
  bool proven_ = false;
};

}  // namespace supd::io
