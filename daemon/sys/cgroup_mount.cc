#include "daemon/sys/cgroup_mount.hpp"

#include <array>
#include <optional>

#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t max_mountinfo = 4 * 1024 * 1024;
constexpr std::size_t max_own_cgroups = 64 * 1024;

std::string_view take(std::string_view& text, char until) {
  std::size_t end = text.find(until);
  std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

struct Mount {
  std::string root, point;
};

/// Octal escapes of blanks in mountinfo: "\040".
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '\\' && i + 3 < text.size();
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return out;
}

/// "31 23 0:28 ROOT POINT rw,relatime shared:1 - cgroup2 cgroup2 rw": the fields of proc(5).
std::optional<Mount> cgroup2_mount(std::string_view line) {
  std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos || !line.substr(dash + 3).starts_with("cgroup2 ")) return std::nullopt;
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) field = take(line, ' ');
  if (!fields[3].starts_with('/') || !fields[4].starts_with('/')) return std::nullopt;
  return Mount{unescaped(fields[3]), unescaped(fields[4])};
}

std::optional<std::string_view> own_path(std::string_view own_cgroups) {
  while (!own_cgroups.empty()) {
    std::string_view line = take(own_cgroups, '\n');
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return std::nullopt;
}

/// `path` as seen below a mount of `root`; nothing when the mount does not show it.
std::optional<std::string_view> below(std::string_view path, std::string_view root) {
  if (root == "/") return path == "/" ? std::string_view{} : path;
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (!path.empty() && path[0] != '/') return std::nullopt;
  return path;
}

}  // namespace

Result<std::string> own_cgroup_directory(std::string_view mountinfo, std::string_view own_cgroups) {
  auto path = own_path(own_cgroups);
  if (!path) return std::unexpected(Error{"find", "cgroup", 0, "not in a cgroup v2 hierarchy"});
  while (!mountinfo.empty()) {
    auto mount = cgroup2_mount(take(mountinfo, '\n'));
    if (!mount) continue;
    if (auto rest = below(*path, mount->root)) return mount->point + std::string(*rest);
  }
  return std::unexpected(Error{"find", "cgroup", 0, "no cgroup2 file system is mounted"});
}

Result<std::string> own_cgroup_directory() {
  auto mounts = read_small_file(working_directory, "/proc/self/mountinfo", max_mountinfo);
  if (!mounts) return std::unexpected(mounts.error());
  auto own = read_small_file(working_directory, "/proc/self/cgroup", max_own_cgroups);
  if (!own) return std::unexpected(own.error());
  return own_cgroup_directory(*mounts, *own);
}

}  // namespace supd::sys
