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
  int each_ms = 5000;   ///< for one step with a mount, and with all those that are unmounted beside it
  int sync_ms = 10000;  ///< for all that is dirty, and as long again for the swap
  int together_ms =
      60000;  ///< begun after that: nothing more but to make the root read-only, which has each_ms for itself
};

/// The real thing (sync(2), swapoff(2), umount2(2), mount(2)).
[[nodiscard]] Unmounting of_this_machine();

/// The root is made read-only first, as far as nobody writes there any more. Then local file systems go, those that lie
/// on others first; then remote ones, which may hang and are detached if they do, or if they are in use; then local
/// ones that lay below these. What is left is made read-only, and the root again. What could not be done is told.
void unmount_everything(const Unmounting& unmounting);

}  // namespace supd::machine
