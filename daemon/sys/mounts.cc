#include "daemon/sys/mounts.hpp"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>

#include <cerrno>

#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t longest_table = 4 * 1024 * 1024;

std::string_view next_word(std::string_view& line) {
  std::size_t space = line.find_first_of(" \t");
  std::string_view word = line.substr(0, space);
  line.remove_prefix(space == line.npos ? line.size() : space + 1);
  return word;
}

bool is_octal(std::string_view text) {
  return text.size() >= 4 && text[0] == '\\' && text.substr(1, 3).find_first_not_of("01234567") == text.npos;
}

/// Blanks and the like are written as "\040".
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (is_octal(text)) {
      out += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    take(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

}  // namespace

std::vector<MountPoint> parse_mountinfo(std::string_view text) {
  std::vector<MountPoint> points;
  each_line(text, [&](std::string_view line) {
    for (int i = 0; i < 4; ++i) next_word(line);
    std::string_view path = next_word(line);
    std::size_t dash = line.find("- ");
    if (path.empty() || dash == line.npos) return;
    line.remove_prefix(dash + 2);
    points.push_back({unescaped(path), std::string(next_word(line))});
  });
  return points;
}

std::vector<MountPoint> mount_points() {
  auto text = read_small_file(working_directory, "/proc/self/mountinfo", longest_table);
  return text ? parse_mountinfo(*text) : std::vector<MountPoint>{};
}

Result<void> mount_new(const NewMount& mount) {
  if (::mkdir(mount.path, 0755) != 0 && errno != EEXIST) return failed("mkdir", mount.path);
  if (::mount(mount.type, mount.path, mount.type, mount.flags, mount.options) != 0) return failed("mount", mount.path);
  return {};
}

Result<void> unmount(const std::string& path, bool lazy) {
  int flags = UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0);
  if (::umount2(path.c_str(), flags) != 0) return failed("umount", path);
  return {};
}

Result<void> remount_read_only(const std::string& path) {
  if (::mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
    return failed("remount read-only", path);
  }
  return {};
}

void swap_off_all() {
  auto text = read_small_file(working_directory, "/proc/swaps", longest_table);
  if (!text) return;
  bool head = true;
  each_line(*text, [&](std::string_view line) {
    std::string path = unescaped(next_word(line));
    if (!head && !path.empty()) ::swapoff(path.c_str());
    head = false;
  });
}

}  // namespace supd::sys
