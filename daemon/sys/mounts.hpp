#pragma once

/// Mounts of this mount namespace (mount(2), umount2(2), proc(5)).

#include <string>
#include <string_view>
#include <vector>

#include "units/base/error.hpp"

namespace supd::sys {

struct MountPoint {
  std::string path;
  std::string type;
  bool operator==(const MountPoint&) const = default;
};

/// What /proc/self/mountinfo says, in its order: a mount comes after the one that it lies on. Lines that are none are
/// left out.
[[nodiscard]] std::vector<MountPoint> parse_mountinfo(std::string_view text);
/// Empty where there is no /proc.
[[nodiscard]] std::vector<MountPoint> mount_points();

struct NewMount {
  const char* path;
  const char* type;
  unsigned long flags;  ///< MS_* of mount(2)
  const char* options;
};
/// The directory is made if it is missing.
[[nodiscard]] Result<void> mount_new(const NewMount& mount);

/// May wait for a server or a disk. `lazy`: what is still in use goes when it is not any more.
[[nodiscard]] Result<void> unmount(const std::string& path, bool lazy);
[[nodiscard]] Result<void> remount_read_only(const std::string& path);

/// Every swap area that /proc/swaps names. What refuses stays.
void swap_off_all();

}  // namespace supd::sys
