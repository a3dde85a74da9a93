#include "daemon/sys/cgroup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>

#include "daemon/sys/cgroup_mount.hpp"
#include "daemon/sys/directory.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t max_procs_text = 1024 * 1024;
constexpr std::size_t max_cgroups_below = 4096;
constexpr int max_tries = 16;
constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/// A suffix of our own: whatever a unit is called, it can't clash with the kernel's file names.
std::string directory_name(std::string_view unit) { return std::string(unit) + ".unit"; }

bool is_usable(std::string_view name) {
  constexpr std::string_view refused("/\n\0", 3);
  return !name.empty() && name.find_first_of(refused) == name.npos;
}

/// The cgroups below `top`, parents first, as paths relative to it; bounded.
std::vector<std::string> cgroups_below(BorrowedFd top) {
  std::vector<std::string> found{"."};
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto list = Directory::open(top, found[i].c_str());
    if (!list) continue;  // removed meanwhile
    while (const dirent* entry = list->next()) {
      if (entry->d_type == DT_DIR && found.size() < max_cgroups_below) {
        found.push_back(found[i] + "/" + entry->d_name);
      }
    }
  }
  return found;
}

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

Result<void> remove_with_all_below(BorrowedFd parent, const std::string& name) {
  UniqueFd top(::openat(parent.get(), name.c_str(), open_directory_flags));
  if (!top.valid()) return errno == ENOENT ? Result<void>{} : failed("open", name);
  std::vector<std::string> below = cgroups_below(top.borrow());
  for (std::size_t i = below.size() - 1; i > 0; --i) {
    ::unlinkat(top.get(), below[i].c_str(), AT_REMOVEDIR);  // the last one tells
  }
  if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) != 0) return failed("rmdir", name);
  return {};
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

Result<void> UnitCgroup::kill() const { return write_small_file(directory_.borrow(), "cgroup.kill", "1"); }

Result<void> UnitCgroup::freeze(bool frozen) const {
  return write_small_file(directory_.borrow(), "cgroup.freeze", frozen ? "1" : "0");
}

Result<CgroupTree> CgroupTree::create() {
  auto own = own_cgroup_directory();
  if (!own) return std::unexpected(own.error());
  return create_below(*own);
}

Result<CgroupTree> CgroupTree::create_below(const std::string& directory) {
  std::string base = directory + "/supd-" + std::to_string(::getpid());
  CgroupTree tree;
  // Moving a process from our cgroup to one below asks for the right to write to ours (cgroups(7)).
  std::string own_procs = directory + "/cgroup.procs";
  if (::faccessat(working_directory.get(), own_procs.c_str(), W_OK, AT_EACCESS) != 0) return failed("write", own_procs);
  // A name that is taken belongs to a supd before us, or in another pid namespace: leave it alone.
  for (int i = 0; i < max_tries; ++i) {
    tree.path_ = i == 0 ? base : base + "-" + std::to_string(i);
    if (::mkdir(tree.path_.c_str(), 0755) == 0) break;
    if (errno != EEXIST || i == max_tries - 1) return failed("mkdir", tree.path_);
  }
  tree.directory_.reset(::open(tree.path_.c_str(), open_directory_flags));
  if (!tree.directory_.valid()) return failed("open", tree.path_);
  return tree;
}

Result<UnitCgroup> CgroupTree::unit(std::string_view name) const {
  std::string directory = directory_name(name);
  if (!is_usable(name)) return std::unexpected(errno_error("mkdir", directory, EINVAL));
  // cgroupfs itself says EINVAL.
  if (directory.size() > NAME_MAX) return std::unexpected(errno_error("mkdir", directory, ENAMETOOLONG));
  if (::mkdirat(directory_.get(), directory.c_str(), 0755) != 0 && errno != EEXIST) return failed("mkdir", directory);
  UnitCgroup made;
  made.name_ = name;
  made.directory_.reset(::openat(directory_.get(), directory.c_str(), open_directory_flags));
  if (!made.directory_.valid()) return failed("open", directory);
  made.events_.reset(::openat(made.directory_.get(), "cgroup.events", O_RDONLY | O_CLOEXEC));
  if (!made.events_.valid()) return failed("open", directory + "/cgroup.events");
  return made;
}

Result<void> CgroupTree::remove(const UnitCgroup& unit) const {
  return remove_with_all_below(directory_.borrow(), directory_name(unit.name()));
}

Result<void> CgroupTree::remove() {
  Result<void> removed = remove_with_all_below(working_directory, path_);
  if (removed) directory_.reset();
  return removed;
}

}  // namespace supd::sys
