#include "daemon/io/fd_uses.hpp"

#include "units/base/assert.hpp"

namespace supd::io {

void FdUses::add(int fd) {
  if (fd < 0) return;
  if (index(fd) >= uses_.size()) uses_.resize(index(fd) + 1);
  ++uses_[index(fd)].count;
}

bool FdUses::remove(int fd) {
  if (fd < 0) return false;
  SUPD_ASSERT(used(fd));
  Uses& uses = uses_[index(fd)];
  if (--uses.count > 0 || !uses.close_at_zero) return false;
  uses.close_at_zero = false;
  return true;
}

void FdUses::hand_over(sys::UniqueFd fd) {
  SUPD_ASSERT(used(fd.get()));
  uses_[index(fd.release())].close_at_zero = true;
}

std::vector<int> FdUses::handed_over() const {
  std::vector<int> out;
  for (std::size_t fd = 0; fd < uses_.size(); ++fd) {
    if (uses_[fd].close_at_zero) out.push_back(static_cast<int>(fd));
  }
  return out;
}

}  // namespace supd::io
