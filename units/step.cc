#include "units/step.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include "units/base/assert.hpp"
#include "units/restart.hpp"
#include "units/state_model.hpp"

namespace supd {
namespace {

/// The step of one event: holds what every helper needs, and nothing outlives it.
class Step {
 public:
  Step(UnitState& unit, const StepContext& context) : unit_(unit), context_(context), from_(unit.state) {}

  void take(const Event& event);

 private:
  // wishes
  void up_asked(const Cause& cause, bool bounce);
  void stop_asked(const Cause& cause);
  void fail_asked(const Cause& cause);
  void reset_asked(const Cause& cause);
  void kill_asked();
  // permissions
  void may_start();
  void may_stop();
  // facts
  void spawned();
  void spawn_failed(SpawnFailure failure);
  void process_exited(ExitStatus exit, bool tree_gone);
  void timer_fired();

  void set_state(State to, const Cause& cause);
  void set_intent(Intent intent, const Cause& cause);
  void settle(const Cause& end);
  void settle_bounce();
  [[nodiscard]] Verdict verdict();
  void follow_policy(const Cause& end);
  void begin_stop(const Cause& cause);
  void run_stop_steps();
  void go_on_stopping();
  void repeat_signal();
  void signal(int number);
  void arm(Instant at);
  void disarm();
  Action& act(ActionKind kind);
  [[nodiscard]] const UnitSpec& spec() const { return context_.spec; }

  UnitState& unit_;
  const StepContext& context_;
  State from_;
};

void Step::take(const Event& event) {
  StateSet allowed = next_states(from_, event.kind);
  SUPD_ASSERT(!allowed.empty());
  switch (event.kind) {
    case EventKind::start_asked: up_asked(event.cause, false); break;
    case EventKind::stop_asked: stop_asked(event.cause); break;
    case EventKind::bounce_asked: up_asked(event.cause, true); break;
    case EventKind::fail_asked: fail_asked(event.cause); break;
    case EventKind::reset_asked: reset_asked(event.cause); break;
    case EventKind::kill_asked: kill_asked(); break;
    case EventKind::may_start: may_start(); break;
    case EventKind::may_stop: may_stop(); break;
    case EventKind::spawned: spawned(); break;
    case EventKind::spawn_failed: spawn_failed(event.failure); break;
    case EventKind::process_exited: process_exited(event.exit, event.tree_gone); break;
    case EventKind::tree_gone: settle(unit_.cause); break;
    case EventKind::timer_fired: timer_fired(); break;
  }
  SUPD_ASSERT(allowed.has(unit_.state));
}

/// `bounce`: what runs shall end first and then start again.
void Step::up_asked(const Cause& cause, bool bounce) {
  unit_.wanted = true;
  bool clean_slate = cause.kind == CauseKind::by_hand || cause.kind == CauseKind::reconfigured;
  if (clean_slate) forget_restarts(unit_);
  switch (unit_.state) {
    case State::inactive:
    case State::backoff:
    case State::completed:
    case State::failed: set_state(State::waiting, cause); break;
    case State::waiting: break;
    case State::starting:
    case State::running:
      if (bounce) {
        set_intent(Intent::bounce, cause);
      } else if (unit_.intent == Intent::stop) {
        set_intent(Intent::none, {});
      }
      break;
    // What is under way can't be taken back: it starts again afterwards.
    case State::stopping: set_intent(Intent::bounce, cause); break;
  }
}

void Step::stop_asked(const Cause& cause) {
  unit_.wanted = false;
  switch (unit_.state) {
    case State::inactive:
    case State::completed: break;
    case State::waiting:
    case State::backoff: set_state(State::inactive, cause); break;
    case State::starting:
    case State::running:
    case State::stopping: set_intent(Intent::stop, cause); break;
    // The reason of the failure is worth more than the news that nobody wants it any more.
    case State::failed: disarm(); break;
  }
}

void Step::fail_asked(const Cause& cause) {
  switch (unit_.state) {
    case State::inactive:
    case State::completed:
    case State::failed: break;
    case State::waiting:
    case State::backoff: set_state(State::failed, cause); break;
    case State::starting:
    case State::running:
    case State::stopping:
      if (unit_.intent != Intent::stop) set_intent(Intent::fail, cause);
      break;
  }
}

void Step::reset_asked(const Cause& cause) {
  forget_restarts(unit_);
  switch (unit_.state) {
    case State::backoff: set_state(State::waiting, cause); break;
    case State::failed:
      unit_.wanted = false;
      set_state(State::inactive, cause);
      break;
    case State::inactive:
    case State::waiting:
    case State::starting:
    case State::running:
    case State::stopping:
    case State::completed: break;
  }
}

void Step::kill_asked() {
  if (unit_.state != State::stopping) return;
  disarm();
  unit_.stop_step = after_last_step;
  signal(SIGKILL);
}

void Step::may_start() {
  if (spec().kind == Kind::target) {
    set_state(State::running, {.kind = CauseKind::reached});
    return;
  }
  unit_.run = RunId{++context_.serials.last_run};
  note_start(unit_, spec().restart, context_.now);
  set_state(State::starting, {.kind = CauseKind::dependencies_met});
  act(ActionKind::spawn);
}

void Step::may_stop() {
  SUPD_ASSERT(unit_.intent != Intent::none);
  if (spec().kind == Kind::target) {
    settle(unit_.intent_cause);
  } else {
    begin_stop(unit_.intent_cause);
  }
}

void Step::spawned() {
  unit_.main_alive = true;
  set_state(State::running, {.kind = CauseKind::process_started});
}

void Step::spawn_failed(SpawnFailure failure) {
  unit_.last_exit = {};
  settle({.kind = CauseKind::spawn_failed, .failure = failure});
}

void Step::process_exited(ExitStatus exit, bool tree_gone) {
  SUPD_ASSERT(unit_.main_alive);
  unit_.main_alive = false;
  unit_.last_exit = exit;
  Cause cause{.kind = CauseKind::process_exited, .exit = exit};
  if (tree_gone) {
    settle(cause);
  } else if (unit_.state != State::stopping) {
    begin_stop(cause);  // the rest of its tree goes by the same sequence
  } else {
    repeat_signal();
  }
}

/// What the main process was forking just then has not heard the last signal. Now it can't fork any more.
void Step::repeat_signal() {
  const std::vector<StopStep>& sequence = spec().stop.sequence;
  // The sequence may have become shorter or longer since.
  for (std::size_t i = std::min<std::size_t>(unit_.stop_step, sequence.size()); i > 0; --i) {
    if (sequence[i - 1].signal != 0) return signal(sequence[i - 1].signal);
  }
}

void Step::timer_fired() {
  unit_.timer = 0;
  switch (unit_.state) {
    case State::stopping: go_on_stopping(); break;
    case State::backoff:
      ++unit_.restarts;
      set_state(State::waiting, {.kind = CauseKind::restart_due});
      break;
    case State::failed:
      forget_restarts(unit_);
      set_state(State::waiting, {.kind = CauseKind::retry_due});
      break;
    case State::inactive:
    case State::waiting:
    case State::starting:
    case State::running:
    case State::completed: SUPD_ASSERT(!"no timer runs in this state"); break;
  }
}

/// The one writer of the state. A timer belongs to the state that armed it.
void Step::set_state(State to, const Cause& cause) {
  disarm();
  State from = std::exchange(unit_.state, to);
  unit_.cause = cause;
  unit_.since = context_.now;
  if (!unit_.alive()) unit_.intent = Intent::none;
  Action& action = act(ActionKind::announce);
  action.from = from;
  action.to = to;
  action.cause = cause;
}

/// The first cause of an intent is its reason; what follows from it may ask for the same again.
void Step::set_intent(Intent intent, const Cause& cause) {
  if (unit_.intent == intent) return;
  unit_.intent = intent;
  unit_.intent_cause = cause;
}

/// The last process of the run is gone (or there never was one). `end` says how it ended.
void Step::settle(const Cause& end) {
  SUPD_ASSERT(!unit_.main_alive);
  switch (unit_.intent) {
    case Intent::none: follow_policy(end); break;
    case Intent::stop: set_state(State::inactive, unit_.intent_cause); break;
    case Intent::bounce: settle_bounce(); break;
    case Intent::fail: set_state(State::failed, unit_.intent_cause); break;
  }
}

/// It may have been masked since it was told to restart.
void Step::settle_bounce() {
  if (!spec().masked) return set_state(State::waiting, unit_.intent_cause);
  unit_.wanted = false;
  set_state(State::inactive, {.kind = CauseKind::masked});
}

Verdict Step::verdict() {
  if (!spec().masked) return after_end(unit_, spec().restart, unit_.last_exit, context_.now);
  bool success = spec().restart.success.contains(unit_.last_exit);
  return {success ? Verdict::Next::complete : Verdict::Next::fail};
}

void Step::follow_policy(const Cause& end) {
  Verdict verdict = this->verdict();
  switch (verdict.next) {
    case Verdict::Next::complete: set_state(State::completed, end); break;
    case Verdict::Next::fail: set_state(State::failed, end); break;
    case Verdict::Next::restart:
      if (verdict.delay == Duration{0}) ++unit_.restarts;
      set_state(verdict.delay == Duration{0} ? State::waiting : State::backoff, end);
      if (verdict.delay != Duration{0}) arm(context_.now + verdict.delay);
      break;
    case Verdict::Next::give_up: {
      Cause cause = end;
      cause.kind = CauseKind::gave_up;
      cause.count = static_cast<std::uint32_t>(unit_.recent_starts.size());
      set_state(State::failed, cause);
      if (spec().restart.retry_after != Duration{0}) arm(context_.now + spec().restart.retry_after);
      break;
    }
  }
}

void Step::begin_stop(const Cause& cause) {
  set_state(State::stopping, cause);
  unit_.stop_step = 0;
  const StopSpec& stop = spec().stop;
  bool command_instead = !stop.command.empty() && unit_.main_alive;
  if (command_instead) {
    act(ActionKind::run_stop_command);
    // Never in place of the last step: it is what makes the stop end.
    if (stop.sequence.size() > 1 && stop.sequence[0].signal != 0) unit_.stop_step = 1;
  }
  run_stop_steps();
}

/// Signals up to the next wait. After the last step nothing more can be done but to see it end.
void Step::run_stop_steps() {
  const std::vector<StopStep>& sequence = spec().stop.sequence;
  while (unit_.stop_step < sequence.size()) {
    const StopStep& now = sequence[unit_.stop_step++];
    if (now.signal == 0) {
      arm(context_.now + now.wait);
      return;
    }
    signal(now.signal);
  }
  unit_.stop_step = after_last_step;
}

/// A wait is over. A sequence that was changed under way may have no step left for what follows it: every
/// stop ends with SIGKILL.
void Step::go_on_stopping() {
  if (unit_.stop_step < spec().stop.sequence.size()) return run_stop_steps();
  unit_.stop_step = after_last_step;
  signal(SIGKILL);
}

void Step::signal(int number) { act(ActionKind::signal).signal = number; }

void Step::arm(Instant at) {
  unit_.timer = ++context_.serials.last_timer;
  Action& action = act(ActionKind::arm_timer);
  action.at = at;
  action.serial = unit_.timer;
}

void Step::disarm() {
  if (std::exchange(unit_.timer, 0) != 0) act(ActionKind::disarm_timer);
}

Action& Step::act(ActionKind kind) {
  Action& action = context_.out.emplace_back();
  action.kind = kind;
  action.unit = unit_.id;
  action.run = unit_.run;
  return action;
}

}  // namespace

void step(UnitState& unit, const Event& event, const StepContext& context) { Step(unit, context).take(event); }

}  // namespace supd
