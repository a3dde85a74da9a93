#pragma once

/// One life of a unit: its main process from the clone to the reaped zombie, and the rest of its tree.
/// Owns the pidfd and the wait; the leader stays an unreaped zombie, which pins its pid, until nothing
/// else in the scope of the unit's stop is left.

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/process/tree.hpp"
#include "daemon/sys/fd.hpp"
#include "daemon/sys/reap.hpp"
#include "daemon/sys/spawn.hpp"
#include "units/base/ids.hpp"
#include "units/spec.hpp"

namespace supd {

class Run;

struct RunOwner {
  /// The main process has ended. `tree_gone`: nothing else is left and it has been reaped; else
  /// on_tree_gone follows.
  virtual void on_run_exited(Run& run, ExitStatus exit, bool tree_gone) noexcept = 0;
  /// The last process is gone and the leader is reaped. The run may be destroyed in either call.
  virtual void on_tree_gone(Run& run) noexcept = 0;

 protected:
  ~RunOwner() = default;
};

/// Whose run it is, and where its processes live.
struct RunIdentity {
  UnitId unit;
  RunId run;
  std::string_view name;  ///< of the unit
  StopScope scope = StopScope::tree;
  const sys::UnitCgroup* cgroup = nullptr;  ///< nullptr: none; outlives the run
};

class Run final : io::ChildSink, io::PollSink, io::TimerSink {
 public:
  /// While killed processes are still there and nothing tells of their end, it looks again so often.
  static constexpr Duration kill_again = 20ms;

  /// Watches a process that was just spawned.
  Run(io::Loop& loop, RunOwner& owner, const RunIdentity& identity, sys::Spawned spawned,
      process::Attribution& attribution);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  [[nodiscard]] UnitId unit() const { return unit_; }
  [[nodiscard]] RunId id() const { return id_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] Instant started() const { return started_; }
  /// What the reaped process used; nothing while it lives or is a zombie.
  [[nodiscard]] const std::optional<sys::Reaped>& usage() const { return usage_; }

  /// To everything in the scope of the unit's stop. EPERM: one process refused, all others got it.
  [[nodiscard]] Result<void> signal_scope(int signal);
  /// To the main process alone. ESRCH: it has ended.
  [[nodiscard]] Result<void> signal_main(int signal);
  /// The scope of the unit's stop is another one now. If that ends the run, the owner hears of it in this call.
  void set_scope(StopScope scope);
  /// Looks whether the rest of the tree is gone by now. Called when something was reaped.
  void look_again();

 private:
  void on_child_exit(io::OpId id, ExitStatus exit, int error) noexcept override;
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void watch_tree();
  void reap();

  io::Loop& loop_;
  RunOwner& owner_;
  const sys::UnitCgroup* cgroup_;
  sys::UniqueFd pidfd_;
  process::ProcessTree tree_;  ///< uses pidfd_
  io::OpId wait_{};
  sys::UniqueFd tree_events_;  ///< of the cgroup, from the moment when there is something to wait for
  io::OpId tree_watch_{};
  io::OpId kill_timer_{};
  std::optional<sys::Reaped> usage_;
  Instant started_;
  UnitId unit_;
  RunId id_;
  pid_t pid_;
  bool exited_ = false;
  bool killing_ = false;  ///< SIGKILL was sent to the scope
};

}  // namespace supd
