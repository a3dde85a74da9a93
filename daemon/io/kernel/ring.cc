#include "daemon/io/kernel/ring.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace supd::kernel {
namespace {

using Clock = std::chrono::steady_clock;

Distortion distort = nullptr;

constexpr std::uint64_t drain_tag = ~std::uint64_t{0};

int open_ring(io_uring& ring, RingShape shape, unsigned flags) {
  io_uring_params params{};
  params.flags = flags | (shape.completions > 0 ? IORING_SETUP_CQSIZE : 0U);
  params.cq_entries = shape.completions;
  return -io_uring_queue_init_params(shape.entries, &ring, &params);
}

__kernel_timespec timespec_of(Clock::duration left) {
  const auto ns = std::chrono::nanoseconds(std::max(left, Clock::duration::zero())).count();
  return {ns / 1'000'000'000, ns % 1'000'000'000};
}

}  // namespace

void distort_completions(Distortion distortion) { distort = distortion; }

Ring::Ring(RingShape shape) {
  error_ = open_ring(ring_, shape, shape.plain ? 0 : IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  if (error_ == EINVAL) {
    ring_ = {};
    error_ = open_ring(ring_, shape, 0);  // before Linux 6.1
  }
}

Ring::~Ring() {
  if (error_ == 0) drain();
  abandon();
}

void Ring::abandon() {
  if (error_ != 0) return;
  io_uring_queue_exit(&ring_);
  in_flight_.clear();
  error_ = ECANCELED;
}

bool Ring::knows(std::uint8_t opcode) {
  constexpr unsigned count = 64;
  if (opcode >= count) return false;
  alignas(io_uring_probe) std::array<std::byte, sizeof(io_uring_probe) + count * sizeof(io_uring_probe_op)> room{};
  auto* probe = reinterpret_cast<io_uring_probe*>(room.data());
  if (io_uring_register_probe(&ring_, probe, count) < 0) return false;
  return opcode <= probe->last_op && (probe->ops[opcode].flags & IO_URING_OP_SUPPORTED) != 0;
}

io_uring_sqe& Ring::request(std::uint8_t opcode, std::uint64_t tag) {
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  if (sqe == nullptr) {
    submit();
    sqe = io_uring_get_sqe(&ring_);
  }
  static io_uring_sqe nowhere;  // a ring that takes nothing: the check fails for want of a completion
  if (sqe == nullptr) sqe = &nowhere;
  std::memset(sqe, 0, sizeof *sqe);
  sqe->opcode = opcode;
  sqe->user_data = tag;
  in_flight_.push_back(tag);
  return *sqe;
}

int Ring::submit() {
  const int rc = io_uring_submit(&ring_);
  return rc < 0 ? -rc : 0;
}

std::optional<Cqe> Ring::take() {
  io_uring_cqe* cqe = nullptr;
  if (io_uring_peek_cqe(&ring_, &cqe) != 0 || cqe == nullptr) return {};
  const Cqe taken{cqe->user_data, cqe->res, cqe->flags};
  io_uring_cqe_seen(&ring_, cqe);
  if (!taken.more()) {
    // From the back: the newest request is the likeliest to end.
    auto found = std::find(in_flight_.rbegin(), in_flight_.rend(), taken.tag);
    if (found != in_flight_.rend()) {
      *found = in_flight_.back();
      in_flight_.pop_back();
    }
  }
  return taken;
}

std::optional<Cqe> Ring::next(std::chrono::milliseconds limit) {
  const Clock::time_point until = Clock::now() + limit;
  submit();
  while (true) {
    auto taken = take();
    if (taken && (distort == nullptr || distort(*taken))) return taken;
    const Clock::duration left = until - Clock::now();
    if (left <= Clock::duration::zero()) return {};
    __kernel_timespec wait = timespec_of(left);
    io_uring_cqe* cqe = nullptr;
    const int rc = io_uring_wait_cqes(&ring_, &cqe, 1, &wait, nullptr);
    if (rc < 0 && rc != -EINTR && rc != -EAGAIN) return {};
  }
}

std::optional<Cqe> Ring::next_at_once() {
  submit();
  if (auto taken = take()) return taken;
  run_deferred_work();
  return take();
}

void Ring::run_deferred_work() { io_uring_enter(ring_.ring_fd, 0, 0, IORING_ENTER_GETEVENTS, nullptr); }

void Ring::drain() {
  while (next_at_once()) {
  }
  for (const std::uint64_t tag : std::vector(in_flight_)) {
    request(IORING_OP_ASYNC_CANCEL, drain_tag).addr = tag;
    submit();
  }
  const Clock::time_point until = Clock::now() + patience;
  while (!in_flight_.empty() && Clock::now() < until && next()) {
  }
}

}  // namespace supd::kernel
