#pragma once

/// All processes of one run of a unit, as far as the unit's stop scope goes: signal them, and know when
/// they are gone. What it stands on, best first:
///  - the unit's cgroup: exact, and no escape but moving to another cgroup;
///  - proc(5) and Attribution: finds what double-forked or called setsid(2);
///  - neither: the leader's process group.
///
/// No signal reaches a stranger: a process is signalled through a pidfd or its /proc directory, or as a
/// group whose number is pinned by its unreaped leader. So without a cgroup the leader should stay
/// unreaped until gone(): scope "group" can't signal otherwise, and scope "tree" loses its one means
/// against processes that fork and exit faster than /proc can be read.
///
/// Nothing tells when the last process ends: ask gone() after the leader's exit, when the cgroup's events
/// fd polls POLLPRI, and when the OrphanReaper has reaped. After SIGKILL, while not gone(), signal(SIGKILL)
/// again: work per call is bounded, and a fork bomb may need more of it.

#include <sys/types.h>

#include <set>
#include <string>

#include "daemon/process/attribution.hpp"
#include "daemon/sys/cgroup.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"
#include "units/spec.hpp"

namespace supd::process {

class ProcessTree {
 public:
  static constexpr int max_passes = 16;  ///< looks for new processes in a cgroup, per signal()
  static constexpr int max_walks = 4;    ///< the same by reading all of /proc, which takes milliseconds

  /// `cgroup` (nullptr: none) is the one that the run is started in; it and `attribution` must outlive this.
  ProcessTree(std::string unit, RunId run, StopScope scope, const sys::UnitCgroup* cgroup, Attribution& attribution);
  ~ProcessTree();
  ProcessTree(const ProcessTree&) = delete;
  ProcessTree& operator=(const ProcessTree&) = delete;

  /// `pidfd` may be invalid; it must stay open until leader_reaped().
  void leader_started(pid_t pid, sys::BorrowedFd pidfd);
  void leader_exited();  ///< it is a zombie now
  void leader_reaped();

  /// From now on the tree is what this says. What was started without a cgroup stays without one.
  void set_scope(StopScope scope) { scope_ = scope; }

  /// To every process in scope. SIGTERM is followed by SIGCONT, so that stopped ones hear it. Processes
  /// that are gone already are no error; one that refuses (EPERM) is, after all others were signalled.
  [[nodiscard]] Result<void> signal(int signal);
  /// To the leader alone. ESRCH: it was reaped.
  [[nodiscard]] Result<void> signal_leader(int signal) const;

  /// No process in scope lives. A zombie does not live.
  [[nodiscard]] bool gone();

  [[nodiscard]] pid_t leader() const { return leader_; }

 private:
  enum class Leader : std::uint8_t { none, running, zombie, reaped };

  [[nodiscard]] Result<void> signal_group(int signal) const;
  [[nodiscard]] Result<void> signal_cgroup(int signal) const;
  [[nodiscard]] Result<void> kill_cgroup() const;
  [[nodiscard]] Result<void> signal_descendants(int signal);
  [[nodiscard]] Result<void> kill_descendants();
  /// Signals the run's processes that are not in `done` yet and adds them; false: there were none.
  [[nodiscard]] Result<bool> signal_new(int signal, std::set<sys::ProcessId>& done);
  [[nodiscard]] bool pinned() const;
  [[nodiscard]] bool orphans_gone();
  [[nodiscard]] bool group_gone();

  std::string unit_;
  RunId run_;
  StopScope scope_;
  const sys::UnitCgroup* cgroup_;
  Attribution& attribution_;
  Leader leader_is_ = Leader::none;
  pid_t leader_ = 0;
  sys::BorrowedFd pidfd_;
};

}  // namespace supd::process
