#include "daemon/sys/cgroup.hpp"

#include <fcntl.h>
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

Result<UniqueFd> UnitCgroup::open_directory() const {
  UniqueFd fd(::openat(tree_.get(), directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", directory_);
  return fd;
}

Result<UniqueFd> UnitCgroup::open_events() const {
  std::string file = path("cgroup.events");
  UniqueFd fd(::openat(tree_.get(), file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", file);
  return fd;
}

void UnitCgroup::acknowledge(BorrowedFd events) {
  std::array<char, 256> text{};
  while (::pread(events.get(), text.data(), text.size(), 0) < 0 && errno == EINTR) {
  }
}

bool UnitCgroup::populated() const {
  auto text = read_small_file(tree_, path("cgroup.events").c_str(), 256);
  return text && text->find("populated 1") != std::string::npos;  // ENODEV: the cgroup was removed
}

Result<std::vector<pid_t>> UnitCgroup::pids() const {
  std::vector<pid_t> pids;
  auto top = open_directory();
  if (!top && top.error().code == ENOENT) return pids;  // removed, so it was empty
  if (!top) return std::unexpected(top.error());
  for (const std::string& cgroup : cgroups_below(top->borrow())) {
    auto text = read_small_file(top->borrow(), (cgroup + "/cgroup.procs").c_str(), max_procs_text);
    if (!text && (text.error().code == ENOENT || text.error().code == ENODEV)) continue;  // removed meanwhile
    if (!text) return std::unexpected(text.error());
    add_pids(*text, pids);
  }
  return pids;
}

bool UnitCgroup::may_hold_others_than(pid_t pid) const {
  struct stat info {};
  // Two links: itself and "."; each cgroup below would be one more.
  if (::fstatat(tree_.get(), directory_.c_str(), &info, 0) != 0 || info.st_nlink != 2) return true;
  auto text = read_small_file(tree_, path("cgroup.procs").c_str(), 64);
  if (!text) return true;
  return !text->empty() && *text != std::to_string(pid) + "\n";
}

Result<void> UnitCgroup::kill() const { return write_small_file(tree_, path("cgroup.kill").c_str(), "1"); }

Result<void> UnitCgroup::freeze(bool frozen) const {
  return write_small_file(tree_, path("cgroup.freeze").c_str(), frozen ? "1" : "0");
}

}  // namespace supd::sys
