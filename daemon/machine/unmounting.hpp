#pragma once

/// Unmounting, where each step may hang for ever: a server that is gone, a disk that does not answer.

#include <functional>
#include <string>
#include <vector>

#include "daemon/sys/mounts.hpp"

namespace supd::machine {

/// What is done to the machine; each but `points` in a process of its own, which is left behind when it hangs.
struct Unmounting {
  std::function<std::vector<sys::MountPoint>()> points;
  std::function<void()> sync;
  std::function<void()> swap_off;
  std::function<bool(const std::string& path, bool lazy)> unmount;
  std::function<bool(const std::string& path)> make_read_only;
  int each_ms = 5000;       ///< for one mount
  int sync_ms = 10000;      ///< for all that is dirty, and as long again for the swap
  int together_ms = 60000;  ///< begun after that: nothing more
};

/// The real thing (sync(2), swapoff(2), umount2(2), mount(2)).
[[nodiscard]] Unmounting of_this_machine();

/// The root first, as far as nobody writes there any more; then what lies on others before these; what hangs or is in
/// use is detached or made read-only; the root again. What could not be done is told.
void unmount_everything(const Unmounting& unmounting);

}  // namespace supd::machine
