#include "daemon/control/run_queue.hpp"

#include <algorithm>

namespace supd::control {

void RunQueue::add(Runnable& runnable) {
  if (runnable.queued) return;
  runnable.queued = true;
  waiting_.push_back(&runnable);
  arm();
}

void RunQueue::add_first(Runnable& runnable) {
  remove(runnable);
  runnable.queued = true;
  waiting_.push_front(&runnable);
  arm();
}

void RunQueue::remove(Runnable& runnable) {
  if (!runnable.queued) return;
  runnable.queued = false;
  std::erase(waiting_, &runnable);
}

void RunQueue::arm() {
  if (!timer_ && !waiting_.empty()) timer_ = loop_.timer_at(loop_.now(), *this);
}

void RunQueue::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled) return;
  std::size_t slices = std::min(per_turn_, waiting_.size());
  for (std::size_t i = 0; i < slices && !waiting_.empty(); ++i) {
    Runnable* next = waiting_.front();
    waiting_.pop_front();
    next->queued = false;
    next->run();
  }
  arm();
}

}  // namespace supd::control
