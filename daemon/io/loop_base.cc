#include "daemon/io/loop_base.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/io/clock.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

OpId LoopBase::wait_child(pid_t pid, sys::BorrowedFd pidfd, ChildSink& sink) {
  Op& op = open(pidfd.get(), Lane::stream);
  op.part = ChildPart{.sink = &sink, .pid = pid};
  if (pidfd.valid()) {
    start(op);
  } else if (auto added = child_scan_.add(op); !added) {
    post_error(op, added.error().code);
  }
  return op.id;
}

OpId LoopBase::read_stream(sys::BorrowedFd fd, Lane lane, StreamSink& sink) {
  Op& op = open(fd.get(), lane);
  op.part = StreamPart{.sink = &sink};
  start(op);
  return op.id;
}

OpId LoopBase::poll(sys::BorrowedFd fd, unsigned events, Lane lane, PollSink& sink) {
  Op& op = open(fd.get(), lane);
  op.part = PollPart{.sink = &sink, .events = events};
  start(op);
  return op.id;
}

OpId LoopBase::timer_at(Instant at, TimerSink& sink) {
  Op& op = open(-1, Lane::stream);
  op.part = TimerPart{.sink = &sink};
  timers_.add(op.id.slot, at);
  return op.id;
}

OpId LoopBase::write_file(sys::BorrowedFd fd, std::string bytes, WriteSink& sink) {
  Op& op = open(fd.get(), Lane::stream);
  op.part = WritePart{.sink = &sink, .bytes = std::move(bytes)};
  if (op.as<WritePart>().bytes.empty()) {
    post_error(op, 0);
  } else {
    start(op);
  }
  return op.id;
}

OpId LoopBase::run_job(std::unique_ptr<Job> job, JobSink& sink) {
  SUPD_ASSERT(job != nullptr);
  Op& op = open(-1, Lane::stream);
  op.part = JobPart{.sink = &sink, .job = std::move(job)};
  if (no_threads()) {
    start(op);
  } else {
    hand_over(op.id, std::move(op.as<JobPart>().job));
  }
  return op.id;
}

void LoopBase::cancel(OpId id) {
  Op* op = live(id);
  if (op == nullptr || op->cancel_asked || op->get<JobPart>() != nullptr) return;
  op->cancel_asked = true;
  if (op->get<TimerPart>() != nullptr) {
    // One that has already expired in this batch is delivered as such.
    if (timers_.remove(op->id.slot)) post_error(*op, ECANCELED);
  } else if (op->get<ChildPart>() != nullptr && op->fd < 0) {
    post_error(*op, ECANCELED);
  } else {
    stop(*op);
  }
}

void LoopBase::release(OpId id, sys::UniqueFd fd) {
  if (Op* op = live(id); op != nullptr) {
    op->released = true;
    if (op->get<TimerPart>() != nullptr) {
      timers_.remove(op->id.slot);
      retire(*op);
    } else if (op->get<ChildPart>() != nullptr && op->fd < 0) {
      retire(*op);
    } else if (op->get<JobPart>() == nullptr) {  // a job runs to its end
      abandon(*op);
    }
  }
  if (!fd.valid()) return;
  if (uses_.used(fd.get())) {
    uses_.hand_over(std::move(fd));
  } else {
    close_fd(fd.release());
  }
}

LoopStats LoopBase::stats() const {
  LoopStats out = stats_;
  out.ops_in_flight = slab_.in_use();
  return out;
}

void LoopBase::turn(Instant latest) {
  SUPD_ASSERT(!in_turn_);
  in_turn_ = true;
  const Instant look_at_jobs = submit_jobs();
  if (nap_ > Duration{0} && !anything_posted()) nap(std::min(nap_, next_deadline() - now_));
  const bool at_once = anything_posted() || child_scan_.due();
  gather(at_once ? Instant{} : std::min({latest, next_deadline(), look_at_jobs}));
  ++stats_.turns;
  if (child_scan_.due()) scan_children();
  std::swap(incoming_, batch_);
  dispatch(child_lane);
  expire_timers();
  dispatch(timer_lane);
  dispatch(stream_lane);
  dispatch(control_lane);
  batch_done();
  nap_ = pace_.after_batch(now_);
  in_turn_ = false;
}

void LoopBase::post(const Completion& completion) {
  Op* op = slab_.find(completion.id);
  if (op == nullptr) {
    ++stats_.stale_completions;
    return;
  }
  incoming_[lane_of(*op)].push_back(completion);
}

bool LoopBase::anything_posted() const {
  for (const auto& lane : incoming_) {
    if (!lane.empty()) return true;
  }
  return false;
}

void LoopBase::scan_children() {
  for (const OpId id : child_scan_.scan(slab_)) {
    const bool known = slab_.at(id.slot).as<ChildPart>().info.si_signo != 0;
    post({id, known ? 0 : -ECHILD, 0, true});
  }
}

LoopBase::LaneIndex LoopBase::lane_of(Op& op) {
  if (op.get<ChildPart>() != nullptr) return child_lane;
  if (op.get<TimerPart>() != nullptr) return timer_lane;
  return op.lane == Lane::control ? control_lane : stream_lane;
}

void LoopBase::dispatch(LaneIndex lane) {
  // By index: nothing is added to batch_ while it is dispatched, but be plain about lifetimes.
  for (std::size_t i = 0; i < batch_[lane].size(); ++i) deliver_one(batch_[lane][i]);
  batch_[lane].clear();
}

void LoopBase::deliver_one(const Completion& completion) {
  Op* op = slab_.find(completion.id);
  if (op == nullptr) {
    ++stats_.stale_completions;
    return;
  }
  if (op->get<TimerPart>() != nullptr) {
    finish_timer(*op, completion.result == -ECANCELED);
  } else if (completion.by_loop) {
    finish(*op, -completion.result);
  } else {
    deliver(*op, completion);
  }
}

void LoopBase::expire_timers() {
  // Collected first, so that timers that callbacks add, even due ones, wait for the next turn.
  for (std::size_t n = 0; n < expiries_per_turn_max && timers_.next() <= now_ && !timers_.empty(); ++n) {
    batch_[timer_lane].push_back({slab_.at(timers_.pop()).id});
  }
}

Op& LoopBase::open(int fd, Lane lane) {
  Op& op = slab_.open();
  op.fd = fd;
  op.lane = lane;
  uses_.add(fd);
  return op;
}

Op* LoopBase::live(OpId id) {
  Op* op = slab_.find(id);
  return op != nullptr && !op->released ? op : nullptr;
}

void LoopBase::retire(Op& op) {
  forget(op);
  const int fd = op.fd;
  const bool written = op.get<WritePart>() != nullptr;
  slab_.close(op);
  if (uses_.remove(fd)) written ? close_slowly(fd) : close_fd(fd);
}

void LoopBase::close_fd(int fd) { sys::UniqueFd(fd).reset(); }

void LoopBase::wind_down(Duration patience) {
  winding_down_ = true;
  for (std::uint32_t slot = 0; slot < slab_.slots(); ++slot) release(slab_.at(slot).id, {});
  const Instant until = monotonic_now() + patience;
  while (slab_.in_use() > 0 && monotonic_now() < until) turn(until);
  for (const int fd : uses_.handed_over()) close_fd(fd);
}

}  // namespace supd::io
