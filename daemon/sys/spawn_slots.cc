#include "daemon/sys/spawn_slots.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/sys/fd_table.hpp"

namespace supd::sys {
Result<SpawnSlots> SpawnSlots::reserve() {
  auto null = open_null();
  if (!null) return std::unexpected(null.error());
  SpawnSlots made;
  for (UniqueFd& slot : made.slots_) {
    slot.reset(duplicate_fd(null->get(), STDERR_FILENO + 1));
    if (!slot.valid()) return failed("dup", "/dev/null");
  }
  made.null_ = std::move(*null);
  return made;
}

int SpawnSlots::fill(const std::array<int, 3>& stdio) {
  for (std::size_t i = 0; i < stdio.size(); ++i) {
    if (stdio[i] < 0) continue;
    if (::dup3(stdio[i], slots_[i].get(), O_CLOEXEC) < 0) return errno;
    filled_[i] = true;
  }
  return 0;
}

void SpawnSlots::clear() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!filled_[i]) continue;
    // Can't fail: both fds are ours, and the slot's number is taken.
    ::dup3(null_.get(), slots_[i].get(), O_CLOEXEC);
    filled_[i] = false;
  }
}

std::array<int, 3> SpawnSlots::fds() const { return {slots_[0].get(), slots_[1].get(), slots_[2].get()}; }

unsigned SpawnSlots::ceiling() const {
  int highest = std::max({slots_[0].get(), slots_[1].get(), slots_[2].get()});
  return static_cast<unsigned>(highest) + 1;
}

}  // namespace supd::sys
