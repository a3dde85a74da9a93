#pragma once

/// cgroups(7) version 2, for keeping a unit's processes together: no controllers are used, so that
/// this works in a hybrid hierarchy, in a container, and wherever one directory is writable.
///
///   OUR-CGROUP/supd-PID/UNIT.unit

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// The cgroup of one unit. It may hold cgroups that the unit made below it; they count as the unit's.
class UnitCgroup {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Holds no fd: thousands of units would take thousands. The directory, for SpawnRequest::cgroup.
  [[nodiscard]] Result<UniqueFd> open_directory() const;
  /// cgroup.events: poll(2) it for POLLPRI to hear of changes of populated(). Ready at once when fresh,
  /// and again after each change until acknowledge() was called on it.
  [[nodiscard]] Result<UniqueFd> open_events() const;
  static void acknowledge(BorrowedFd events);

  /// Whether a process lives in it or below. Zombies do not count. An unreadable file counts as no.
  [[nodiscard]] bool populated() const;

  /// Whether there may be a process other than `pid` in it or below. Three system calls where there is
  /// none, which is the usual case; errors count as yes.
  [[nodiscard]] bool may_hold_others_than(pid_t pid) const;
  /// Processes in it and below, at most `max_pids`; a process may have gone by now.
  [[nodiscard]] Result<std::vector<pid_t>> pids() const;

  /// SIGKILL for every process in it and below, forks under way included: cgroup.kill (Linux 5.14).
  /// ENOENT: the kernel has no such file.
  [[nodiscard]] Result<void> kill() const;

  /// cgroup.freeze (Linux 5.2): nothing in it runs; SIGKILL still works.
  [[nodiscard]] Result<void> freeze(bool frozen) const;

  static constexpr std::size_t max_pids = 65536;

 private:
  friend class CgroupTree;
  [[nodiscard]] std::string path(std::string_view file) const { return directory_ + "/" + std::string(file); }

  std::string name_;       ///< of the unit
  std::string directory_;  ///< below tree_
  BorrowedFd tree_;        ///< the CgroupTree's, which outlives this
};

/// supd's own subtree. Removed with remove(); a destructor would take the units' cgroups from under
/// services that outlive this process.
class CgroupTree {
 public:
  /// Makes "supd-PID" below our own cgroup, and removes what crashed supds left empty there. An error
  /// says why there can't be cgroups here.
  [[nodiscard]] static Result<CgroupTree> create();
  /// The same below another directory (an absolute path in cgroupfs).
  [[nodiscard]] static Result<CgroupTree> create_below(const std::string& directory);

  /// The unit's cgroup, made or (when it is there already) taken over. ENAMETOOLONG: names of more
  /// than 250 bytes have none.
  [[nodiscard]] Result<UnitCgroup> unit(std::string_view name) const;
  /// EBUSY: a process lives in it. The cgroups that the unit made below it go too.
  [[nodiscard]] Result<void> remove(const UnitCgroup& unit) const;
  /// Removes the subtree. EBUSY: a unit's cgroup is still populated.
  [[nodiscard]] Result<void> remove();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  UniqueFd directory_;
};

}  // namespace supd::sys
