#include "daemon/machine/api_mounts.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace supd::machine {
namespace {

constexpr unsigned long quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;

constexpr std::array mounts{
    sys::NewMount{"/proc", "proc", quiet, nullptr},
    sys::NewMount{"/sys", "sysfs", quiet, nullptr},
    sys::NewMount{"/dev", "devtmpfs", MS_NOSUID, "mode=0755"},
    sys::NewMount{"/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "mode=0620,gid=5,ptmxmode=0666"},
    sys::NewMount{"/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"},
    sys::NewMount{"/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"},
    sys::NewMount{"/sys/fs/cgroup", "cgroup2", quiet, "nsdelegate"},
};

bool has_something_to_lose(const sys::MountPoint& point) {
  constexpr std::array<std::string_view, 18> without{
      "proc",    "sysfs",   "devtmpfs",   "devpts", "tmpfs", "ramfs",    "rootfs", "cgroup",    "cgroup2",
      "debugfs", "tracefs", "securityfs", "pstore", "bpf",   "efivarfs", "mqueue", "hugetlbfs", "configfs"};
  return std::ranges::find(without, point.type) == without.end() && point.path != "/";
}

bool is_mounted(std::span<const sys::MountPoint> points, std::string_view path) {
  return std::ranges::any_of(points, [path](const sys::MountPoint& point) { return point.path == path; });
}

}  // namespace

std::span<const sys::NewMount> api_mounts() { return mounts; }

std::vector<sys::NewMount> missing_mounts(std::span<const sys::MountPoint> points) {
  std::vector<sys::NewMount> missing;
  for (const sys::NewMount& mount : mounts) {
    bool there = is_mounted(points, mount.path);
    // Of the older kind, or of both: services know how to live with it.
    if (std::string_view(mount.type) == "cgroup2") {
      there = there || std::ranges::any_of(points, [](const auto& point) { return point.type.starts_with("cgroup"); });
    }
    if (!there) missing.push_back(mount);
  }
  return missing;
}

std::vector<sys::MountPoint> to_unmount(std::span<const sys::MountPoint> points) {
  std::vector<sys::MountPoint> found;
  // The last one of a path lies on top of the others.
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (has_something_to_lose(*point) && !is_mounted(found, point->path)) found.push_back(*point);
  }
  return found;
}

bool is_remote(const sys::MountPoint& point) {
  constexpr std::array<std::string_view, 16> types{"nfs",  "nfs4",  "cifs",     "smb3",  "smbfs",  "ncpfs",
                                                   "9p",   "afs",   "ceph",     "coda",  "lustre", "glusterfs",
                                                   "gfs2", "pvfs2", "virtiofs", "autofs"};
  return std::ranges::find(types, point.type) != types.end() || point.type.starts_with("fuse");
}

bool is_outermost(const sys::MountPoint& point, std::span<const sys::MountPoint> points) {
  std::string below = point.path + "/";
  return std::ranges::none_of(points, [&](const sys::MountPoint& other) { return other.path.starts_with(below); });
}

}  // namespace supd::machine
