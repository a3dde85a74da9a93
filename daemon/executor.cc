#include "daemon/executor.hpp"

#include <cerrno>
#include <utility>

#include "daemon/launch.hpp"
#include "daemon/log/own_log.hpp"

namespace supd {

Executor::Executor(Supervisor& supervisor, Environment environment)
    : supervisor_(supervisor), environment_(environment), orphans_(environment.loop, *this) {
  runtimes_.reserve(supervisor_.size());
  for (std::uint32_t i = 0; i < supervisor_.size(); ++i) {
    UnitId unit{i};
    UnitTimerOwner& timers = *this;
    runtimes_.push_back(std::make_unique<UnitRuntime>(environment_.logs, timers, unit, supervisor_.spec(unit)));
  }
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

void Executor::shutdown() {
  supervisor_.shutdown(environment_.loop.now(), fresh_);
  carry_out();
}

void Executor::kill_all() {
  supervisor_.kill_all(environment_.loop.now(), fresh_);
  carry_out();
}

Result<void> Executor::signal_main(UnitId unit, int signal) {
  const auto& run = runtime(unit).run;
  int error = run ? run->signal_main(signal) : ESRCH;
  if (error == 0) return {};
  if (error == ESRCH) return std::unexpected(Error{"signal", supervisor_.spec(unit).name, 0, "it has no process"});
  return std::unexpected(errno_error("signal", supervisor_.spec(unit).name, error));
}

void Executor::cut_output() {
  for (auto& runtime : runtimes_) runtime->output.cut_all();
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
    case ActionKind::signal:
      if (const auto& run = runtime(action.unit).run) run->signal_scope(action.signal);
      break;
    case ActionKind::arm_timer: runtime(action.unit).timer.arm(action.at, action.serial); break;
    case ActionKind::disarm_timer: runtime(action.unit).timer.disarm(); break;
    case ActionKind::announce: announce(action); break;
    case ActionKind::all_stopped: all_stopped_ = true; break;
  }
}

void Executor::spawn(const Action& action) {
  UnitRuntime& unit = runtime(action.unit);
  const UnitSpec& spec = supervisor_.spec(action.unit);
  if (!unit.cgroup) make_cgroup(unit, spec);
  auto launched = launch(spec, spec.command, action.run, unit.cgroup ? &*unit.cgroup : nullptr);
  if (!launched) {
    unit.log.note("could not start: " + launched.error().text());
    return fact(action.unit, Event::not_spawned(action.run, launched.error()));
  }
  unit.output.attach(action.run, log::Stream::out, std::move(launched->out));
  unit.output.attach(action.run, log::Stream::err, std::move(launched->err));
  process::ProcessTree tree(process::TreeIdentity{spec.name, action.run}, spec.stop.scope, launched->process,
                            unit.cgroup ? &*unit.cgroup : nullptr);
  pids_.insert(launched->process.pid);
  RunOwner& owner = *this;
  unit.run = std::make_unique<Run>(environment_.loop, owner, action.unit, action.run, std::move(launched->process),
                                   std::move(tree));
  fact(action.unit, Event::of_run(EventKind::spawned, action.run));
}

/// Lives in the unit's tree and writes to its log; when it ends it is reaped like any orphan.
void Executor::run_stop_command(const Action& action) {
  UnitRuntime& unit = runtime(action.unit);
  const UnitSpec& spec = supervisor_.spec(action.unit);
  auto launched = launch(spec, spec.stop.command, action.run, unit.cgroup ? &*unit.cgroup : nullptr);
  if (!launched) {
    unit.log.note("stop command could not start: " + launched.error().text());
    if (unit.run && !spec.stop.sequence.empty() && spec.stop.sequence.front().signal != 0) {
      unit.run->signal_scope(spec.stop.sequence.front().signal);
    }
    return;
  }
  unit.output.attach(action.run, log::Stream::out, std::move(launched->out));
  unit.output.attach(action.run, log::Stream::err, std::move(launched->err));
}

void Executor::make_cgroup(UnitRuntime& unit, const UnitSpec& spec) {
  if (environment_.cgroups == nullptr || spec.stop.scope != StopScope::tree) return;
  auto made = environment_.cgroups->unit(spec.name);
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
  orphans_.notice();
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

bool Executor::is_supervised(pid_t pid) const { return pids_.contains(pid); }

/// Something that was not a main process ended: it may have been the last of a tree.
void Executor::on_orphans_reaped() {
  std::vector<UnitId> waiting(trees_.begin(), trees_.end());
  for (UnitId unit : waiting) {
    if (auto& run = runtime(unit).run) run->look_again();
  }
}

}  // namespace supd
