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
  if (buffer.capacity() < least_kept || kept_bytes_ + buffer.capacity() > max_kept_bytes) return;
  buffer.clear();
  kept_bytes_ += buffer.capacity();
  kept_.push_back(std::move(buffer));
}

bool BufferPool::reserve(std::size_t bytes, std::size_t share) {
  if (pending_ + bytes > share) return false;
  pending_ += bytes;
  return true;
}

}  // namespace supd::log
