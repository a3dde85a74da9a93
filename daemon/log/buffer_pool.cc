#include "daemon/log/buffer_pool.hpp"

#include <utility>

#include "daemon/sys/memory.hpp"

namespace supd::log {
namespace {

/// Smaller buffers are not worth their place.
constexpr std::size_t least_kept = 4096;

}  // namespace

BufferPool::~BufferPool() {
  if (timer_) loop_.release(timer_);
}

std::string BufferPool::take() {
  taken_ = true;
  if (kept_.empty()) return {};
  std::string buffer = std::move(kept_.back());
  kept_.pop_back();
  kept_bytes_ -= buffer.capacity();
  return buffer;
}

void BufferPool::give(std::string buffer) {
  if (buffer.capacity() < least_kept || kept_bytes_ + buffer.capacity() > max_kept_bytes) return;
  buffer.clear();
  kept_bytes_ += buffer.capacity();
  kept_.push_back(std::move(buffer));
  if (kept_bytes_ > max_kept_quiet && !timer_) timer_ = loop_.timer_at(loop_.now() + quiet_time, *this);
}

/// Memory that was given back comes again as page faults, so a flood keeps it between its waves.
void BufferPool::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  if (std::exchange(taken_, false)) {
    if (kept_bytes_ > max_kept_quiet) timer_ = loop_.timer_at(loop_.now() + quiet_time, *this);
    return;
  }
  while (kept_bytes_ > max_kept_quiet) {
    kept_bytes_ -= kept_.back().capacity();
    kept_.pop_back();
  }
  sys::give_back_free_memory();
}

}  // namespace supd::log
