#include "daemon/log/disk.hpp"

#include <algorithm>
#include <utility>

namespace supd::log {

Disk::~Disk() {
  if (timer_) loop_.release(timer_);
}

void Disk::add(std::size_t bytes) {
  if (pending_ == 0) moved();
  pending_ += bytes;
  granted_ -= std::min(granted_, bytes);
}

void Disk::remove(std::size_t bytes) {
  pending_ -= bytes;
  if (!line_.empty() && !timer_ && !crowded()) timer_ = loop_.timer_at(loop_.now(), *this);
}

/// Who goes on may have nothing to bring. When little waits, those behind would wait for that in vain: it is forgotten,
/// and looked again soon.
void Disk::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  const bool little = pending_ < crowded_bytes / 4;
  if (little) granted_ = 0;
  while (!line_.empty() && pending_ + granted_ < crowded_bytes) {
    granted_ += grant;
    DiskWaiter& first = *line_.front();
    line_.pop_front();
    first.on_disk_room();
  }
  if (little && !line_.empty() && !timer_) timer_ = loop_.timer_at(loop_.now() + patience, *this);
}

std::shared_ptr<Disk> Disks::at(std::uint64_t place) {
  constexpr std::size_t few = 16;
  if (disks_.size() >= few && !disks_.contains(place)) {
    std::erase_if(disks_, [](const auto& entry) { return entry.second.expired(); });
  }
  std::weak_ptr<Disk>& known = disks_[place];
  std::shared_ptr<Disk> disk = known.lock();
  if (!disk) known = disk = std::make_shared<Disk>(loop_);
  return disk;
}

}  // namespace supd::log
