#pragma once

/// Which process belongs to which run, where no cgroup tells. One for the daemon, shared by all trees.
///
/// supd is a subreaper, so that every process of every run is below supd for as long as it lives: below
/// the run's leader, or below an orphan, whose parent died and that is now supd's own child. An orphan
/// is told by (in this order) having been seen below the run before, the SUPD_RUN that it was started
/// with, and the session of the leader. One that sheds all three before anybody looks is lost.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/sys/proc_tree.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"

namespace supd::process {

class Attribution {
 public:
  /// From here on `leader` is a run's main process, our child and unreaped.
  void leader_started(std::string_view unit, RunId run, pid_t leader);
  /// Its pid may now mean somebody else.
  void leader_reaped(RunId run);
  /// Nobody asks about the run any more.
  void forget(RunId run);

  /// Whether we have any child but the runs' leaders: if not, no run has a process below its dead leader.
  [[nodiscard]] Result<bool> any_orphans() const;
  /// Orphans of the run that live: direct children of ours. Cheap: reads the list of our children.
  [[nodiscard]] Result<std::vector<pid_t>> orphans_of(RunId run);
  /// Every living process of the run, the leader included. Reads all of /proc.
  [[nodiscard]] Result<std::vector<sys::ProcessInfo>> processes_of(RunId run);

 private:
  struct Run {
    std::string marker;
    pid_t leader = 0;
    bool leader_is_child = false;  ///< unreaped: its pid is pinned
  };
  struct Owner {
    std::uint64_t start_ticks = 0;
    RunId run;
  };

  [[nodiscard]] RunId owner_of(const sys::ProcessInfo& orphan);
  [[nodiscard]] RunId recognise(const sys::ProcessInfo& orphan) const;
  [[nodiscard]] bool is_leader(pid_t pid) const;
  void forget_dead(const std::vector<sys::ProcessInfo>& snapshot);

  std::unordered_map<RunId, Run> runs_;
  std::unordered_map<std::string, RunId> by_marker_;
  std::unordered_map<pid_t, RunId> by_session_;  ///< the last run whose leader had that pid
  std::unordered_map<pid_t, Owner> seen_;
};

}  // namespace supd::process
