#pragma once

/// The one junction between the core and the world: carries out the Supervisor's actions with
/// processes, timers and logs, and turns what happens into facts. Nothing else calls the Supervisor's
/// mutating functions.

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <span>
#include <unordered_set>
#include <vector>

#include "daemon/event_log.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/launch.hpp"
#include "daemon/process/orphans.hpp"
#include "daemon/run.hpp"
#include "daemon/sys/cgroup.hpp"
#include "daemon/unit_runtime.hpp"
#include "units/supervisor.hpp"

namespace supd {

/// Hears of every transition, after it was carried out, and of units that come and go.
struct TransitionListener {
  virtual void on_transition(const Transition& transition) = 0;
  virtual void on_unit_added(UnitId unit) = 0;
  /// No process and no output of it is left. Its runtime is there for this call, and the id may be another
  /// unit's afterwards.
  virtual void on_unit_gone(UnitId unit, const Cause& cause) = 0;

 protected:
  ~TransitionListener() = default;
};

class Executor final : RunOwner, UnitTimerOwner, log::UnitOutputOwner {
 public:
  struct Environment {
    io::Loop& loop;
    log::Hub& logs;            ///< makes the units' logs; outlives the executor
    sys::CgroupTree* cgroups;  ///< nullptr: no cgroups here
    TransitionListener& transitions;
  };
  Executor(Supervisor& supervisor, Environment environment);
  ~Executor();

  void boot();
  void command(Command command, std::span<const UnitId> units);
  /// Supervisor::reconfigure(), carried out.
  [[nodiscard]] std::expected<void, std::vector<GraphError>> reconfigure(Reconfiguration change);
  void set_exit_policy(ExitPolicy policy);
  void shutdown();
  void kill_all();
  /// SIGKILL to all that the unit's stop covers, whether its turn has come or not.
  void kill_processes(UnitId unit);
  /// Sends a signal to the unit's main process. ESRCH: it has none.
  Result<void> signal_main(UnitId unit, int signal);

  /// All units are down, after shutdown(). Their last output may still be on its way to the disk.
  [[nodiscard]] bool all_stopped() const { return all_stopped_; }
  /// Gives the units' empty cgroups back. At the very end.
  void remove_cgroups();
  /// Lets the log files go, written out or given up where they can't be written.
  void close_logs();
  /// The log files of the unit's output are opened anew, as after their renaming by somebody else.
  void reopen_log(UnitId unit) { runtime(unit).log.reopen(); }
  /// Ends all output streams with what is in them by now.
  void cut_output();
  /// Of a unit that is known, or that was until just now: from `added` until `gone`.
  [[nodiscard]] const UnitRuntime& runtime(UnitId unit) const { return *runtimes_[unit.value]; }
  [[nodiscard]] UnitRuntime& runtime(UnitId unit) { return *runtimes_[unit.value]; }
  [[nodiscard]] const log::Hub& logs() const { return environment_.logs; }
  [[nodiscard]] std::uint64_t orphans_reaped() const { return orphans_ ? orphans_->reaped() : 0; }

 private:
  void on_run_exited(Run& run, ExitStatus exit, bool tree_gone) noexcept override;
  void on_tree_gone(Run& run) noexcept override;
  void on_unit_timer(UnitId unit, TimerSerial serial) noexcept override;
  void on_output_idle(log::UnitOutput& output) noexcept override;

  void reap_orphans();
  void on_orphan_reaped();

  void fact(UnitId unit, const Event& event);
  void carry_out();
  void carry_out(const Action& action);
  void make_runtime(UnitId unit);
  void adopt(UnitId unit);
  void forget(const Action& action);
  std::unique_ptr<UnitRuntime> take_leave(UnitId unit);
  void remove_cgroup(UnitRuntime& unit);
  void spawn(const Action& action);
  void attach_output(UnitRuntime& unit, RunId run, pid_t pid, Launched& launched);
  void run_stop_command(const Action& action);
  void make_cgroup(UnitRuntime& unit);
  void signal(UnitId unit, int signal);
  void announce(const Action& action);
  void end_run(UnitId unit);

  Supervisor& supervisor_;
  Environment environment_;
  std::vector<std::unique_ptr<UnitRuntime>> runtimes_;  ///< by slot
  std::vector<std::unique_ptr<UnitRuntime>> orphaned_;  ///< of units that are gone, and whose slot is another's
  process::Attribution attribution_;
  std::unique_ptr<process::OrphanReaper> orphans_;
  std::unordered_set<pid_t> pids_;    ///< main processes, alive or unreaped
  std::unordered_set<UnitId> trees_;  ///< units whose main process ended and whose tree is not gone
  std::deque<Action> work_;
  Actions fresh_;      ///< filled by the Supervisor, emptied into work_
  bool busy_ = false;  ///< carry_out() is on the stack
  bool all_stopped_ = false;
  bool cgroup_failure_told_ = false;
};

}  // namespace supd
