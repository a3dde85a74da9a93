#include "daemon/executor.hpp"

#include <cerrno>
#include <csignal>
#include <utility>

#include "daemon/launch.hpp"
#include "daemon/log/own_log.hpp"
#include "units/base/assert.hpp"

namespace supd {

Executor::Executor(Supervisor& supervisor, Environment environment)
    : supervisor_(supervisor), environment_(environment) {
  for (UnitId unit : supervisor_.units()) make_runtime(unit);
  reap_orphans();
}

Executor::~Executor() = default;

void Executor::boot() {
  supervisor_.boot(environment_.loop.now(), fresh_);
  carry_out();
}

void Executor::command(Command command, std::span<const UnitId> units) {
  supervisor_.command(command, units, environment_.loop.now(), fresh_);
  carry_out();
}

std::expected<void, std::vector<GraphError>> Executor::reconfigure(Reconfiguration change) {
  auto done = supervisor_.reconfigure(std::move(change), environment_.loop.now(), fresh_);
  carry_out();
  return done;
}

void Executor::set_exit_policy(ExitPolicy policy) {
  supervisor_.set_exit_policy(policy, environment_.loop.now(), fresh_);
  carry_out();
}

void Executor::shutdown() {
  supervisor_.shutdown(environment_.loop.now(), fresh_);
  carry_out();
}

void Executor::kill_all() {
  supervisor_.kill_all(environment_.loop.now(), fresh_);
  carry_out();
}

void Executor::kill_processes(UnitId unit) { signal(unit, SIGKILL); }

Result<void> Executor::signal_main(UnitId unit, int signal) {
  const auto& run = runtime(unit).run;
  if (run && supervisor_.state(unit).main_alive) return run->signal_main(signal);
  return std::unexpected(Error{"signal", runtime(unit).spec->name, 0, "it has no process"});
}

void Executor::remove_cgroups() {
  for (auto& runtime : runtimes_) {
    if (runtime) remove_cgroup(*runtime);
  }
}

/// What can't be removed keeps the whole tree from going at the end, and that is told.
void Executor::remove_cgroup(UnitRuntime& unit) {
  if (!unit.cgroup) return;
  static_cast<void>(environment_.cgroups->remove(*unit.cgroup));
  unit.cgroup.reset();
}

void Executor::close_logs() {
  for (auto* runtimes : {&runtimes_, &orphaned_}) {
    for (auto& runtime : *runtimes) {
      if (runtime) runtime->log.close_file();
    }
  }
}

void Executor::cut_output() {
  for (auto* runtimes : {&runtimes_, &orphaned_}) {
    for (auto& runtime : *runtimes) {
      if (runtime) runtime->output.cut_all();
    }
  }
}

void Executor::fact(UnitId unit, const Event& event) {
  supervisor_.fact(unit, event, environment_.loop.now(), fresh_);
  carry_out();
}

/// In order, without recursion: what an action brings about joins the end of the queue.
void Executor::carry_out() {
  work_.insert(work_.end(), fresh_.begin(), fresh_.end());
  fresh_.clear();
  if (std::exchange(busy_, true)) return;
  while (!work_.empty()) {
    Action action = work_.front();
    work_.pop_front();
    carry_out(action);
  }
  busy_ = false;
}

void Executor::carry_out(const Action& action) {
  switch (action.kind) {
    case ActionKind::spawn: spawn(action); break;
    case ActionKind::run_stop_command: run_stop_command(action); break;
    case ActionKind::signal: signal(action.unit, action.signal); break;
    case ActionKind::arm_timer: runtime(action.unit).timer.arm(action.at, action.serial); break;
    case ActionKind::disarm_timer: runtime(action.unit).timer.disarm(); break;
    case ActionKind::adopt: adopt(action.unit); break;
    case ActionKind::forget: forget(action); break;
    case ActionKind::announce: announce(action); break;
    case ActionKind::all_stopped: all_stopped_ = true; break;
  }
}

void Executor::make_runtime(UnitId unit) {
  UnitTimerOwner& timers = *this;
  log::UnitOutputOwner& outputs = *this;
  if (unit.value >= runtimes_.size()) runtimes_.resize(unit.value + 1);
  runtimes_[unit.value] =
      std::make_unique<UnitRuntime>(environment_.logs, timers, outputs, unit, supervisor_.spec_ptr(unit));
}

void Executor::adopt(UnitId id) {
  bool taken = id.value < runtimes_.size() && runtimes_[id.value] != nullptr;
  if (taken && runtimes_[id.value]->farewell) {
    // The slot is used again while the last output of the one before is still being read.
    orphaned_.push_back(take_leave(id));
    taken = false;
  }
  if (!taken) {
    make_runtime(id);
    return environment_.transitions.on_unit_added(id);
  }
  UnitRuntime& unit = runtime(id);
  unit.spec = supervisor_.spec_ptr(id);
  unit.log.reconfigure(unit.spec->log);
  if (unit.run) unit.run->set_scope(unit.spec->stop.scope);
}

/// The unit's last process is gone. Its last words may still be in their pipes, for a moment.
void Executor::forget(const Action& action) {
  UnitRuntime& unit = runtime(action.unit);
  SUPD_ASSERT(!unit.run);
  // Before a new unit of that name makes its own.
  remove_cgroup(unit);
  unit.farewell = action.cause;
  if (unit.output.open_streams() == 0) take_leave(action.unit);
}

/// Tells that the unit is gone, and clears its slot.
std::unique_ptr<UnitRuntime> Executor::take_leave(UnitId unit) {
  environment_.transitions.on_unit_gone(unit, *runtime(unit).farewell);
  return std::move(runtimes_[unit.value]);
}

void Executor::on_output_idle(log::UnitOutput& output) noexcept {
  UnitId unit = output.unit();
  const auto& here = runtimes_[unit.value];
  if (here && &here->output == &output) {
    if (here->farewell) take_leave(unit);
    return;
  }
  std::erase_if(orphaned_, [&](const auto& runtime) { return &runtime->output == &output; });
}

void Executor::attach_output(UnitRuntime& unit, RunId run, pid_t pid, Launched& launched) {
  if (!launched.out.valid()) return;
  unit.output.attach(run, pid, log::Stream::out, std::move(launched.out));
  unit.output.attach(run, pid, log::Stream::err, std::move(launched.err));
}

void Executor::spawn(const Action& action) {
  UnitRuntime& unit = runtime(action.unit);
  const UnitSpec& spec = *unit.spec;
  make_cgroup(unit);
  bool in_cgroup = unit.cgroup && spec.stop.scope == StopScope::tree;
  const sys::UnitCgroup* cgroup = in_cgroup ? &*unit.cgroup : nullptr;
  auto launched = launch(spec, spec.command, action.run, cgroup);
  if (!launched) {
    unit.log.note("could not start: " + launched.error().text());
    return fact(action.unit, Event::not_spawned(action.run, launched.error().failure));
  }
  pid_t pid = launched->process.pid;
  attach_output(unit, action.run, pid, *launched);
  pids_.insert(launched->process.pid);
  RunOwner& owner = *this;
  RunIdentity identity{action.unit, action.run, spec.name, spec.stop.scope, cgroup};
  unit.run = std::make_unique<Run>(environment_.loop, owner, identity, std::move(launched->process), attribution_);
  fact(action.unit, Event::of_run(EventKind::spawned, action.run));
}

/// Lives in the unit's tree and writes to its log; when it ends it is reaped like any orphan.
void Executor::run_stop_command(const Action& action) {
  UnitRuntime& unit = runtime(action.unit);
  const UnitSpec& spec = *unit.spec;
  auto launched = launch(spec, spec.stop.command, action.run, unit.cgroup ? &*unit.cgroup : nullptr);
  if (!launched) {
    unit.log.note("stop command could not start: " + launched.error().text());
    bool signal_first = !spec.stop.sequence.empty() && spec.stop.sequence.front().signal != 0;
    if (signal_first) signal(action.unit, spec.stop.sequence.front().signal);
    return;
  }
  pid_t main = unit.run ? unit.run->pid() : launched->process.pid;
  attach_output(unit, action.run, main, *launched);
}

void Executor::signal(UnitId unit, int signal) {
  const auto& run = runtime(unit).run;
  if (!run) return;
  if (auto sent = run->signal_scope(signal); !sent) log::warn(sent.error().text() + ", ignoring");
}

void Executor::make_cgroup(UnitRuntime& unit) {
  if (unit.cgroup || environment_.cgroups == nullptr || unit.spec->stop.scope != StopScope::tree) return;
  auto made = environment_.cgroups->unit(unit.spec->name);
  if (made) {
    unit.cgroup = std::move(*made);
  } else if (!std::exchange(cgroup_failure_told_, true)) {
    log::warn("units run without a cgroup of their own: " + made.error().text());
  }
}

void Executor::announce(const Action& action) {
  const auto& run = runtime(action.unit).run;
  Transition transition;
  transition.unit = action.unit;
  transition.from = action.from;
  transition.to = action.to;
  transition.run = action.run;
  transition.pid = run ? run->pid() : 0;
  transition.cause = action.cause;
  environment_.transitions.on_transition(transition);
}

void Executor::on_run_exited(Run& run, ExitStatus exit, bool tree_gone) noexcept {
  UnitId unit = run.unit();
  RunId id = run.id();
  runtime(unit).output.process_exited(id);
  if (tree_gone) {
    end_run(unit);
  } else {
    trees_.insert(unit);
  }
  fact(unit, Event::exited(id, exit, tree_gone));
}

void Executor::on_tree_gone(Run& run) noexcept {
  UnitId unit = run.unit();
  RunId id = run.id();
  end_run(unit);
  fact(unit, Event::of_run(EventKind::tree_gone, id));
}

/// Keeps what the run used and lets go of it: the next one may start.
void Executor::end_run(UnitId id) {
  UnitRuntime& unit = runtime(id);
  trees_.erase(id);
  pids_.erase(unit.run->pid());
  if (const auto& usage = unit.run->usage()) {
    unit.cpu += usage->user_time + usage->system_time;
    unit.max_rss_bytes = std::max(unit.max_rss_bytes, usage->max_rss_bytes);
  }
  unit.output.tree_gone(unit.run->id());
  unit.run.reset();
}

void Executor::on_unit_timer(UnitId unit, TimerSerial serial) noexcept { fact(unit, Event::timer(serial)); }

void Executor::reap_orphans() {
  auto is_supervised = [this](pid_t pid) {
    return pids_.contains(pid) || environment_.logs.compressor().is_child(pid);
  };
  auto started = process::OrphanReaper::start(environment_.loop, is_supervised,
                                              [this](const sys::Reaped&) { on_orphan_reaped(); });
  if (started) {
    orphans_ = std::move(*started);
  } else {
    log::error(started.error().text() + ": orphans will stay as zombies");
  }
}

/// Something that was not a main process ended: it may have been the last of a tree.
void Executor::on_orphan_reaped() {
  std::vector<UnitId> waiting(trees_.begin(), trees_.end());
  for (UnitId unit : waiting) {
    if (auto& run = runtime(unit).run) run->look_again();
  }
}

}  // namespace supd
