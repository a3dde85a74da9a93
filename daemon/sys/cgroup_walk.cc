#include "daemon/sys/cgroup_walk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/sys/directory.hpp"

namespace supd::sys {
namespace {

constexpr int max_rounds = 64;

/// Children first. Returns how many went.
std::size_t remove_below(BorrowedFd parent, const std::string& name) {
  UniqueFd top(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top.valid()) return 0;
  std::vector<std::string> below = cgroups_below(top.borrow());
  std::size_t removed = 0;
  for (std::size_t i = below.size() - 1; i > 0; --i) {
    if (::unlinkat(top.get(), below[i].c_str(), AT_REMOVEDIR) == 0) ++removed;
  }
  return removed;
}

}  // namespace

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

Result<void> remove_cgroup(BorrowedFd parent, const std::string& name) {
  for (int round = 0; round < max_rounds; ++round) {
    if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
    int error = errno;
    if (error != EBUSY || remove_below(parent, name) == 0) {
      return std::unexpected(errno_error("rmdir", name, error));
    }
  }
  return std::unexpected(errno_error("rmdir", name, EBUSY));
}

}  // namespace supd::sys
