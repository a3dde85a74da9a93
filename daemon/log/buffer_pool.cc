#include "daemon/log/buffer_pool.hpp"

#include <utility>

namespace supd::log {
namespace {

/// Smaller buffers are not worth their place.
constexpr std::size_t least_kept = 4096;

}  // namespace

std::string BufferPool::take() {
  if (kept_.empty()) return {};
  std::string buffer = std::move(kept_.back());
  kept_.pop_back();
  kept_bytes_ -= buffer.capacity();
  return buffer;
}

void BufferPool::give(std::string buffer) {
  const std::size_t most = pending_ == 0 ? max_kept_bytes : max_kept_busy;
  if (buffer.capacity() < least_kept || kept_bytes_ + buffer.capacity() > most) return;
  buffer.clear();
  kept_bytes_ += buffer.capacity();
  kept_.push_back(std::move(buffer));
}

/// Memory that was given back would come again as page faults with the next burst, so it goes only when
/// nothing waits any more.
void BufferPool::unreserve(std::size_t bytes) {
  pending_ -= bytes;
  while (pending_ == 0 && kept_bytes_ > max_kept_bytes) {
    kept_bytes_ -= kept_.back().capacity();
    kept_.pop_back();
  }
}

bool BufferPool::reserve(std::size_t bytes, std::size_t share) {
  if (pending_ + bytes > share) return false;
  pending_ += bytes;
  return true;
}

}  // namespace supd::log
