#include "daemon/io/uring_loop.hpp"

#include <algorithm>

#include "daemon/io/clock.hpp"
#include "daemon/io/uring_tags.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

Result<std::unique_ptr<UringLoop>> UringLoop::open(const uring::Options& options) {
  auto ring = uring::Ring::open(options);
  if (!ring) return std::unexpected(ring.error());
  auto buffers = uring::Buffers::open(**ring, options);
  if (!buffers) return std::unexpected(buffers.error());
  return std::unique_ptr<UringLoop>(new UringLoop(std::move(*ring), std::move(*buffers), options));
}

UringLoop::UringLoop(std::unique_ptr<uring::Ring> ring, std::unique_ptr<uring::Buffers> buffers,
                     const uring::Options& options)
    : options_(options), ring_(std::move(ring)), buffers_(std::move(buffers)) {
  now_ = monotonic_now();
}

UringLoop::~UringLoop() {
  constexpr Duration patience = 1s;  // for a write to a disk that hangs; everything else ends at once
  if (ring_->error() == 0) wind_down(patience);
  // What the kernel may still write to must not become somebody else's memory.
  if (slab_.in_use() > 0) slab_.keep_for_ever();
}

void UringLoop::gather(Instant until) {
  arm_queued();
  if (anything_posted() || !to_arm_.empty() || !to_cancel_.empty()) until = Instant{};
  const Instant before = monotonic_now();
  Duration timeout = until > before ? until - before : Duration{0};
  if (until == Instant::never()) timeout = Duration::max();
  ring_->submit_and_wait(timeout);
  now_ = monotonic_now();
  SUPD_ASSERT(ring_->error() == 0 || !proven_);
  collect();
}

void UringLoop::set_proven() {
  proven_ = true;
  stats_ = {};
}

/// Copies completions out of the ring, up to a bound, so that callbacks can submit freely.
void UringLoop::collect() {
  unsigned left = options_.completions_per_turn;
  while (left > 0) {
    const io_uring_cqe* cqe = ring_->completion();
    if (cqe == nullptr) {
      if (!ring_->overflowed()) return;
      ++stats_.overflows;
      ring_->fetch();
      if (!ring_->ready()) return;
      continue;
    }
    note(*cqe);
    ring_->seen();
    --left;
  }
}

void UringLoop::note(const io_uring_cqe& cqe) {
  if (cqe.user_data == 0) return;  // a cancel's own completion: only its target's one counts
  if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) buffers_->taken();
  const OpId id = uring::id_of(cqe.user_data);
  if (uring::tag_of(cqe.user_data) == uring::Tag::signals) {
    signals_armed_ = false;
    child_scan_.mark_due();
    return;
  }
  if (uring::tag_of(cqe.user_data) == uring::Tag::jobs) {
    jobs_armed_ = false;
    return collect_jobs();
  }
  // A slot is not reused before its last completion, so there is none for a stale id.
  SUPD_ASSERT(slab_.find(id) != nullptr);
  post({id, cqe.res, cqe.flags, false, static_cast<std::uint8_t>(uring::tag_of(cqe.user_data))});
}

bool UringLoop::watch_jobs(sys::BorrowedFd signal) {
  jobs_signal_ = signal;
  return true;
}

void UringLoop::batch_done() {
  if (starved_.empty() || buffers_->home() < (buffers_->count() + 1) / 2) return;
  // No more at a time than there are buffers: the rest would only be refused again.
  const auto count = std::min<std::size_t>(starved_.size(), buffers_->home());
  for (std::size_t i = 0; i < count; ++i) {
    Op* op = slab_.find(starved_[i]);
    if (op != nullptr && op->stage == Stage::starved && !op->cancel_asked) start(*op);
  }
  starved_.erase(starved_.begin(), starved_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace supd::io
