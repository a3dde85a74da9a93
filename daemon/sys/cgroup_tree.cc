#include "daemon/sys/cgroup.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "daemon/sys/cgroup_mount.hpp"
#include "daemon/sys/cgroup_walk.hpp"
#include "daemon/sys/directory.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::sys {
namespace {

constexpr int max_tries = 16;
constexpr int max_leftovers = 1024;  // looked at per start
constexpr int open_directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr std::string_view tree_prefix = "supd-";

/// A suffix of our own: whatever a unit is called, it can't clash with the kernel's file names.
std::string directory_name(std::string_view unit) { return std::string(unit) + ".unit"; }

bool is_usable(std::string_view name) {
  constexpr std::string_view refused("/\n\0", 3);
  return !name.empty() && name.find_first_of(refused) == name.npos;
}

/// Opens a subtree and takes it: whoever holds the lock is the supd that lives there (flock(2), so that the
/// kernel lets go of it with the process). Invalid with errno when it is held, or was removed.
UniqueFd take_tree(BorrowedFd parent, const std::string& name) {
  UniqueFd tree(::openat(parent.get(), name.c_str(), open_directory_flags));
  if (!tree.valid() || ::flock(tree.get(), LOCK_EX | LOCK_NB) != 0) return {};
  // Between our mkdir and our lock, another supd may have taken it for a leftover.
  if (::faccessat(tree.get(), "cgroup.procs", F_OK, 0) != 0) return {};
  return tree;
}

/// What crashed supds left behind. One with living services stays.
void remove_leftovers(BorrowedFd parent) {
  auto list = Directory::open(parent, ".");
  if (!list) return;
  int looked_at = 0;
  while (const dirent* entry = list->next()) {
    std::string name(entry->d_name);
    if (entry->d_type != DT_DIR || !name.starts_with(tree_prefix)) continue;
    if (++looked_at > max_leftovers) return;
    if (take_tree(parent, name).valid()) (void)remove_cgroup(parent, name);
  }
}

}  // namespace

Result<CgroupTree> CgroupTree::create() {
  auto own = own_cgroup_directory();
  if (!own) return std::unexpected(own.error());
  return create_below(*own);
}

Result<CgroupTree> CgroupTree::create_below(const std::string& directory) {
  UniqueFd parent(::open(directory.c_str(), open_directory_flags));
  if (!parent.valid()) return failed("open", directory);
  // Moving a process from our cgroup to one below asks for the right to write to ours (cgroups(7)).
  std::string own_procs = directory + "/cgroup.procs";
  if (::faccessat(parent.get(), "cgroup.procs", W_OK, AT_EACCESS) != 0) return failed("write", own_procs);
  remove_leftovers(parent.borrow());
  std::string base = std::string(tree_prefix) + std::to_string(::getpid());
  for (int i = 0; i < max_tries; ++i) {
    // A name that is taken belongs to services of a supd before us, or to one in another pid namespace.
    std::string name = i == 0 ? base : base + "-" + std::to_string(i);
    if (::mkdirat(parent.get(), name.c_str(), 0755) != 0) {
      if (errno == EEXIST) continue;
      return failed("mkdir", directory + "/" + name);
    }
    CgroupTree tree;
    tree.path_ = directory + "/" + name;
    tree.directory_ = take_tree(parent.borrow(), name);
    if (tree.directory_.valid()) return tree;
  }
  return std::unexpected(errno_error("mkdir", directory + "/" + base, EEXIST));
}

Result<UnitCgroup> CgroupTree::unit(std::string_view name) const {
  std::string directory = directory_name(name);
  if (!is_usable(name)) return std::unexpected(errno_error("mkdir", directory, EINVAL));
  // cgroupfs itself says EINVAL.
  if (directory.size() > NAME_MAX) return std::unexpected(errno_error("mkdir", directory, ENAMETOOLONG));
  if (::mkdirat(directory_.get(), directory.c_str(), 0755) != 0 && errno != EEXIST) return failed("mkdir", directory);
  UnitCgroup made;
  made.name_ = name;
  made.directory_ = std::move(directory);
  made.tree_ = directory_.borrow();
  return made;
}

Result<void> CgroupTree::remove(const UnitCgroup& unit) const {
  return remove_cgroup(directory_.borrow(), directory_name(unit.name()));
}

Result<void> CgroupTree::remove() {
  Result<void> removed = remove_cgroup(working_directory, path_);
  if (removed) directory_.reset();
  return removed;
}

}  // namespace supd::sys
