#include "daemon/sys/cgroup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "daemon/sys/cgroup_walk.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t max_procs_text = 1024 * 1024;

/// One pid per line. 0 stands for a process outside of our pid namespace: not ours to touch.
void add_pids(std::string_view text, std::vector<pid_t>& pids) {
  while (!text.empty() && pids.size() < UnitCgroup::max_pids) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    pid_t pid = 0;
    std::from_chars(line.data(), line.data() + line.size(), pid);
    if (pid > 0) pids.push_back(pid);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

bool UnitCgroup::populated() const {
  std::array<char, 256> text{};
  ssize_t got = 0;
  do {
    got = ::pread(events_.get(), text.data(), text.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;  // ENODEV: the cgroup was removed
  std::string_view seen(text.data(), static_cast<std::size_t>(got));
  return seen.find("populated 1") != std::string_view::npos;
}

Result<std::vector<pid_t>> UnitCgroup::pids() const {
  std::vector<pid_t> pids;
  for (const std::string& cgroup : cgroups_below(directory_.borrow())) {
    auto text = read_small_file(directory_.borrow(), (cgroup + "/cgroup.procs").c_str(), max_procs_text);
    if (!text && (text.error().code == ENOENT || text.error().code == ENODEV)) continue;  // removed meanwhile
    if (!text) return std::unexpected(text.error());
    add_pids(*text, pids);
  }
  return pids;
}

bool UnitCgroup::may_hold_others_than(pid_t pid) const {
  struct stat info {};
  // Two links: itself and "."; each cgroup below would be one more.
  if (::fstat(directory_.get(), &info) != 0 || info.st_nlink != 2) return true;
  auto text = read_small_file(directory_.borrow(), "cgroup.procs", 64);
  if (!text) return true;
  return !text->empty() && *text != std::to_string(pid) + "\n";
}

Result<void> UnitCgroup::kill() const { return write_small_file(directory_.borrow(), "cgroup.kill", "1"); }

Result<void> UnitCgroup::freeze(bool frozen) const {
  return write_small_file(directory_.borrow(), "cgroup.freeze", frozen ? "1" : "0");
}

}  // namespace supd::sys
