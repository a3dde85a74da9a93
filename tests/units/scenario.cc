#include "tests/units/scenario.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "units/base/quantity.hpp"
#include "units/base/signal_names.hpp"

namespace supd::testing {

UnitSpec disabled(UnitSpec spec) {
  spec.enabled = false;
  return spec;
}

UnitSpec masked(UnitSpec spec) {
  spec.masked = true;
  return spec;
}

UnitSpec essential(UnitSpec spec) {
  spec.essential = true;
  return spec;
}

UnitSpec service(std::string name, std::vector<Dependency> depends) {
  UnitSpec spec;
  spec.name = std::move(name);
  spec.command = {"/bin/true"};
  spec.depends = std::move(depends);
  spec.restart.jitter = 0;
  spec.restart.limit = 0;
  return spec;
}

UnitSpec task(std::string name, std::vector<Dependency> depends) {
  UnitSpec spec = service(std::move(name), std::move(depends));
  spec.kind = Kind::task;
  spec.restart.policy = RestartPolicy::never;
  return spec;
}

UnitSpec target(std::string name, std::vector<Dependency> depends) {
  UnitSpec spec = service(std::move(name), std::move(depends));
  spec.kind = Kind::target;
  spec.command.clear();
  return spec;
}

Dependency on(Relation relation, std::string unit, Condition condition) {
  return {relation, std::move(unit), condition, {}};
}

namespace {
Supervisor loaded(std::vector<UnitSpec> specs) {
  auto supervisor = Supervisor::load(std::move(specs));
  if (!supervisor) throw std::runtime_error(supervisor.error().front().message);
  return std::move(*supervisor);
}
}  // namespace

Scenario::Scenario(std::vector<UnitSpec> specs) : supervisor_(loaded(std::move(specs))) {
  for (UnitId unit : supervisor_.units()) names_[unit.value] = supervisor_.spec(unit).name;
}

UnitId Scenario::id(std::string_view name) const {
  UnitId unit = supervisor_.find(name);
  EXPECT_TRUE(unit.valid()) << name;
  return unit;
}

void Scenario::boot() {
  Actions out;
  supervisor_.boot(now_, out);
  carry_out(std::move(out));
}

void Scenario::command(Command command, std::initializer_list<std::string_view> names) {
  std::vector<UnitId> units;
  for (std::string_view name : names) units.push_back(id(name));
  Actions out;
  supervisor_.command(command, units, now_, out);
  carry_out(std::move(out));
}

void Scenario::shutdown() {
  Actions out;
  supervisor_.shutdown(now_, out);
  carry_out(std::move(out));
}

void Scenario::set_exit_policy(ExitPolicy policy) {
  Actions out;
  supervisor_.set_exit_policy(policy, now_, out);
  carry_out(std::move(out));
}

bool Scenario::reconfigure(std::vector<UnitSpec> specs, std::vector<std::string> restart) {
  Reconfiguration change{{}, std::move(restart)};
  for (UnitSpec& spec : specs) {
    UnitId old = supervisor_.find(spec.name);
    bool same = old.valid() && supervisor_.spec(old) == spec;
    change.units.push_back(same ? supervisor_.spec_ptr(old) : std::make_shared<const UnitSpec>(std::move(spec)));
  }
  Actions out;
  auto done = supervisor_.reconfigure(std::move(change), now_, out);
  errors_ = done ? std::vector<GraphError>{} : done.error();
  carry_out(std::move(out));
  return done.has_value();
}

void Scenario::gone(UnitId unit) {
  Actions out;
  Event event = Event::exited(supervisor_.state(unit).run, {ExitStatus::killed, 15}, true);
  supervisor_.fact(unit, event, now_, out);
  carry_out(std::move(out));
}

void Scenario::kill_all() {
  Actions out;
  supervisor_.kill_all(now_, out);
  carry_out(std::move(out));
}

void Scenario::exit(std::string_view name, int code, bool tree_gone) {
  Actions out;
  supervisor_.fact(id(name), Event::exited(state(name).run, {ExitStatus::exited, code}, tree_gone), now_, out);
  carry_out(std::move(out));
}

void Scenario::kill(std::string_view name, int signal, bool tree_gone) {
  Actions out;
  supervisor_.fact(id(name), Event::exited(state(name).run, {ExitStatus::killed, signal}, tree_gone), now_, out);
  carry_out(std::move(out));
}

void Scenario::tree_gone(std::string_view name) {
  Actions out;
  supervisor_.fact(id(name), Event::of_run(EventKind::tree_gone, state(name).run), now_, out);
  carry_out(std::move(out));
}

void Scenario::stale_exit(std::string_view name) {
  Actions out;
  RunId other{state(name).run.value + 1000};
  supervisor_.fact(id(name), Event::exited(other, {ExitStatus::exited, 0}, true), now_, out);
  carry_out(std::move(out));
}

void Scenario::pass(Duration length) {
  Instant end = now_ + length;
  while (true) {
    auto due = timers_.end();
    for (auto it = timers_.begin(); it != timers_.end(); ++it) {
      if (it->second.first <= end && (due == timers_.end() || it->second.first < due->second.first)) due = it;
    }
    if (due == timers_.end()) break;
    auto [unit, timer] = *due;
    timers_.erase(due);
    now_ = std::max(now_, timer.first);
    Actions out;
    supervisor_.fact(UnitId{unit}, Event::timer(timer.second), now_, out);
    carry_out(std::move(out));
  }
  now_ = end;
}

void Scenario::carry_out(Actions actions) {
  std::deque<Action> work(actions.begin(), actions.end());
  while (!work.empty()) {
    Action action = work.front();
    work.pop_front();
    note(action);
    if (action.kind == ActionKind::arm_timer) timers_[action.unit.value] = {action.at, action.serial};
    if (action.kind == ActionKind::disarm_timer) timers_.erase(action.unit.value);
    if (action.kind != ActionKind::spawn) continue;
    int error = spawn_errors_[action.unit.value];
    Event answer = error == 0 ? Event::of_run(EventKind::spawned, action.run)
                              : Event::not_spawned(action.run, {SpawnStage::exec, error});
    Actions out;
    supervisor_.fact(action.unit, answer, now_, out);
    work.insert(work.end(), out.begin(), out.end());
  }
}

void Scenario::note(const Action& action) {
  std::string unit = action.unit.valid() ? names_[action.unit.value] : "";
  switch (action.kind) {
    case ActionKind::spawn: log_ += unit + " spawn\n"; break;
    case ActionKind::run_stop_command: log_ += unit + " stop command\n"; break;
    case ActionKind::signal: log_ += unit + " " + signal_name(action.signal) + "\n"; break;
    case ActionKind::arm_timer: log_ += unit + " timer " + duration_text(action.at - now_) + "\n"; break;
    case ActionKind::disarm_timer: break;
    case ActionKind::adopt: names_[action.unit.value] = supervisor_.spec(action.unit).name; break;
    case ActionKind::forget:
      log_ += unit + " is gone: " + cause_text(action.cause, "") + "\n";
      names_.erase(action.unit.value);
      break;
    case ActionKind::all_stopped: log_ += "all stopped\n"; break;
    case ActionKind::announce: {
      std::string other = action.cause.other.valid() ? names_.at(action.cause.other.value) : "";
      log_ += unit + " " + std::string(state_name(action.to)) + ": " + cause_text(action.cause, other) + "\n";
      break;
    }
  }
}

std::string Scenario::log() { return std::exchange(log_, {}); }

std::string Scenario::why(std::string_view name) const {
  std::string out;
  for (const Reason& reason : supervisor_.why(id(name))) {
    out += supervisor_.spec(reason.unit).name + ": " + reason.text + "\n";
  }
  return out;
}

}  // namespace supd::testing
