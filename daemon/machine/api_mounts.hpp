#pragma once

/// The file systems that programs take for granted.

#include <span>
#include <string>
#include <vector>

#include "daemon/sys/mounts.hpp"

namespace supd::machine {

/// In the order in which they are mounted: /proc, /sys, /dev, /dev/pts, /dev/shm, /run, /sys/fs/cgroup.
[[nodiscard]] std::span<const sys::NewMount> api_mounts();

/// Those that nothing is mounted on. `points` may be empty: /proc is the first to be missing then.
[[nodiscard]] std::vector<sys::NewMount> missing_mounts(std::span<const sys::MountPoint> points);

/// What is to be unmounted at the end. Not the file systems that have nothing to lose, and not the root, which can only
/// be made read-only. Each path once.
[[nodiscard]] std::vector<sys::MountPoint> to_unmount(std::span<const sys::MountPoint> points);

/// Whether a server or a process answers for it, which may be gone.
[[nodiscard]] bool is_remote(const sys::MountPoint& point);

/// Whether nothing else of them lies below it: they can be unmounted at the same time.
[[nodiscard]] bool is_outermost(const sys::MountPoint& point, std::span<const sys::MountPoint> points);

}  // namespace supd::machine
