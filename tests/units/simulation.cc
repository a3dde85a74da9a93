#include "tests/units/simulation.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <numeric>
#include <queue>
#include <set>

#include "tests/units/random_units.hpp"
#include "tests/units/scenario.hpp"
#include "units/base/quantity.hpp"
#include "units/base/signal_names.hpp"

namespace supd::testing {
namespace {

constexpr Duration slowest_death = 1ms;  ///< after SIGKILL

/// The processes of one run as the world sees them.
struct Process {
  RunId run;
  bool main = false;
  bool rest = false;  ///< something else of its tree is alive
  bool hangs = false;
  bool ignores_term = false;
  bool leaves_rest = false;
  [[nodiscard]] bool any() const { return main || rest; }
};

struct Happening {
  enum class What : std::uint8_t { main_ends, rest_ends, timer, command, reconfigure };
  Instant at;
  std::uint64_t order = 0;
  What what = What::command;
  UnitId unit;
  RunId run;
  TimerSerial serial = 0;
  ExitStatus exit;
  bool operator>(const Happening& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
};

class World {
 public:
  World(std::uint64_t seed, bool with_trace);
  Outcome run();

 private:
  std::uint64_t pick(std::uint64_t below) { return rng_() % below; }
  bool chance(unsigned percent) { return pick(100) < percent; }

  void happen(const Happening& happening);
  void random_command();
  void random_reconfiguration();
  void check_intents(const std::set<std::string>& restarted);
  [[nodiscard]] Reconfiguration random_change();
  [[nodiscard]] std::set<std::string> touched_by(const Reconfiguration& change) const;
  void carry_out(Actions actions);
  void spawn(const Action& action);
  void signal(const Action& action);
  void main_ends(const Happening& happening);
  void rest_ends(const Happening& happening);
  void later(Duration delay, Happening happening);
  void fact(UnitId unit, const Event& event);

  void check_spawn(const Action& action);
  void check_stop_begins(UnitId unit);
  void check_states();
  void check_end(const Action& action);
  [[nodiscard]] Duration patience(UnitId unit) const;
  void broken(const std::string& what);
  void trace(const std::string& line);
  const UnitSpec& spec(UnitId unit) const { return supervisor_.spec(unit); }

  Rng rng_;
  Supervisor supervisor_;
  Instant now_{1s};
  std::uint64_t order_ = 0;
  std::vector<Process> processes_;
  std::vector<Instant> stopping_since_;
  std::set<std::uint32_t> bounced_;  ///< slots of units that were told to restart by a change
  std::vector<Duration> patience_;   ///< what the current stop may take, by all stop sequences that it follows
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> queue_;
  bool done_ = false;
  bool shutdown_seen_ = false;
  bool shutdown_known_ = false;  ///< when the last step began
  bool hindsight_ = false;
  bool with_trace_;
  Outcome outcome_;
};

Supervisor must_load(std::vector<UnitSpec> specs) { return std::move(Supervisor::load(std::move(specs)).value()); }

World::World(std::uint64_t seed, bool with_trace)
    : rng_(seed),
      supervisor_(must_load(random_specs(rng_))),
      processes_(supervisor_.size()),
      stopping_since_(supervisor_.size()),
      patience_(supervisor_.size()),
      with_trace_(with_trace) {}

Outcome World::run() {
  for (const Edge& edge : supervisor_.graph().edges()) {
    trace(spec(edge.from).name + " " + std::string(word(edge.relation)) + " " + spec(edge.to).name + ":" +
          std::string(word(edge.condition)));
  }
  Actions out;
  supervisor_.boot(now_, out);
  carry_out(std::move(out));
  std::uint64_t commands = 3 + pick(12);
  for (std::uint64_t i = 0; i < commands; ++i) {
    later(Duration{static_cast<std::int64_t>(pick(3000)) * 1'000'000}, {.what = Happening::What::command});
  }
  for (std::uint64_t i = pick(5); i > 0; --i) {
    later(Duration{static_cast<std::int64_t>(pick(3500)) * 1'000'000}, {.what = Happening::What::reconfigure});
  }
  Instant last_command = now_ + 4s;
  while (!queue_.empty() && queue_.top().at < last_command && !outcome_.broken) {
    Happening next = queue_.top();
    queue_.pop();
    happen(next);
  }
  now_ = std::max(now_, last_command);
  out.clear();
  trace("shutdown");
  shutdown_seen_ = shutdown_known_ = true;
  supervisor_.shutdown(now_, out);
  carry_out(std::move(out));
  // Stops run one after the other at the worst: every unit's whole sequence, and a little.
  Instant latest = now_ + 2s * supervisor_.size() + 1s;
  while (!done_ && !queue_.empty() && !outcome_.broken) {
    Happening next = queue_.top();
    queue_.pop();
    if (next.at > latest) break;
    happen(next);
  }
  if (!done_) broken("P3: shutdown does not end");
  return std::move(outcome_);
}

void World::happen(const Happening& happening) {
  now_ = std::max(now_, happening.at);
  ++outcome_.steps;
  switch (happening.what) {
    case Happening::What::main_ends: main_ends(happening); break;
    case Happening::What::rest_ends: rest_ends(happening); break;
    case Happening::What::timer: fact(happening.unit, Event::timer(happening.serial)); break;
    case Happening::What::command: random_command(); break;
    case Happening::What::reconfigure: random_reconfiguration(); break;
  }
}

void World::random_command() {
  std::span<const UnitId> all = supervisor_.units();
  if (all.empty()) return;
  std::vector<UnitId> units{all[pick(all.size())]};
  if (chance(20)) units.push_back(all[pick(all.size())]);
  auto command = static_cast<Command>(pick(4));
  trace("command " + std::to_string(static_cast<int>(command)) + " " + spec(units[0]).name);
  Actions out;
  supervisor_.command(command, units, now_, out);
  if (command == Command::stop) {
    for (UnitId unit : units) {
      if (supervisor_.state(unit).wanted) broken("P9: " + spec(unit).name + " is wanted after its stop");
    }
  }
  carry_out(std::move(out));
}

/// Each unit stays, changes, goes, or comes anew; what depended on one that went has to change too.
Reconfiguration World::random_change() {
  constexpr std::size_t names = 9;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < names; ++i) {
    bool was = supervisor_.find("u" + std::to_string(i)).valid();
    if (was ? !chance(20) : chance(20)) numbers.push_back(i);
  }
  Reconfiguration change;
  for (std::size_t number : numbers) {
    std::string name = "u" + std::to_string(number);
    UnitId old = supervisor_.find(name);
    auto is_there = [&](const Dependency& each) {
      return std::ranges::any_of(numbers, [&](std::size_t other) { return each.unit == "u" + std::to_string(other); });
    };
    bool keeps = old.valid() && std::ranges::all_of(spec(old).depends, is_there) && !chance(20);
    if (keeps) {
      change.units.push_back(supervisor_.spec_ptr(old));
      continue;
    }
    UnitSpec fresh = random_spec(rng_, number, numbers);
    if (old.valid() && chance(80)) fresh.kind = spec(old).kind;
    change.units.push_back(std::make_shared<const UnitSpec>(std::move(fresh)));
    if (chance(50)) change.restart.push_back(name);
  }
  std::shuffle(change.units.begin(), change.units.end(), rng_);
  return change;
}

/// Names of units that the change may reach: what changes, and whatever is connected with it before or after.
std::set<std::string> World::touched_by(const Reconfiguration& change) const {
  std::set<std::string> touched(change.restart.begin(), change.restart.end());
  std::vector<std::pair<std::string, std::string>> edges;
  for (const Edge& edge : supervisor_.graph().edges()) edges.emplace_back(spec(edge.from).name, spec(edge.to).name);
  std::set<SpecPtr> kept;
  for (const SpecPtr& unit : change.units) {
    for (const Dependency& dependency : unit->depends) edges.emplace_back(unit->name, dependency.unit);
    UnitId old = supervisor_.find(unit->name);
    bool same = old.valid() && supervisor_.spec_ptr(old) == unit;
    if (same) kept.insert(unit);
    if (!same) touched.insert(unit->name);
  }
  for (UnitId unit : supervisor_.units()) {
    if (!kept.contains(supervisor_.spec_ptr(unit))) touched.insert(spec(unit).name);
  }
  for (bool more = true; std::exchange(more, false);) {
    for (const auto& [from, to] : edges) {
      if (touched.contains(from) == touched.contains(to)) continue;
      touched.insert({from, to});
      more = true;
    }
  }
  return touched;
}

void World::random_reconfiguration() {
  Reconfiguration change = random_change();
  std::set<std::string> touched = touched_by(change);
  std::string line = "reconfigure";
  for (const SpecPtr& unit : change.units) {
    line += " " + unit->name + ":" + std::string(word(unit->kind)) + (unit->masked ? ":masked" : "");
    for (const Dependency& each : unit->depends) line += " " + std::string(word(each.relation)) + "=" + each.unit;
    line += ";";
  }
  trace(line);
  std::vector<std::pair<UnitId, RunId>> before;
  for (UnitId unit : supervisor_.units()) {
    if (!touched.contains(spec(unit).name)) before.emplace_back(unit, supervisor_.state(unit).run);
  }
  std::set<std::string> restarted(change.restart.begin(), change.restart.end());
  Actions out;
  bool too_late = supervisor_.shutting_down();
  bool taken = supervisor_.reconfigure(std::move(change), now_, out).has_value();
  if (taken == too_late)
    return broken(taken ? "P9: a configuration was taken while shutting down" : "a good configuration was refused");
  if (too_late) return;
  processes_.resize(supervisor_.size());
  stopping_since_.resize(supervisor_.size());
  patience_.resize(supervisor_.size());
  // An essential unit that ends with the change takes all others along.
  if (supervisor_.shutting_down()) return carry_out(std::move(out));
  for (const Action& action : out) {
    if (action.unit.valid() && !touched.contains(spec(action.unit).name)) {
      broken("C2: " + spec(action.unit).name + " has nothing to do with the change");
    }
  }
  check_intents(restarted);
  for (const auto& [unit, run] : before) {
    if (supervisor_.state(unit).run != run) broken("C2: another run of " + spec(unit).name);
  }
  carry_out(std::move(out));
}

/// The change itself ends nothing but what it removes and what it names.
void World::check_intents(const std::set<std::string>& restarted) {
  for (UnitId unit : supervisor_.units()) {
    const UnitState& state = supervisor_.state(unit);
    bool by_change = state.alive() && state.intent_cause.kind == CauseKind::reconfigured;
    bool by_removal = state.intent != Intent::none && state.intent_cause.kind == CauseKind::removed;
    by_change = by_change && state.intent != Intent::none && !bounced_.contains(unit.value);
    bool should_end = restarted.contains(spec(unit).name) && state.state == State::running && state.wanted;
    bool may_end = spec(unit).kind != Kind::target && !spec(unit).masked;
    if (should_end && may_end && state.intent == Intent::none) broken("C2: " + spec(unit).name + " keeps its process");
    if (by_change && restarted.contains(spec(unit).name))
      bounced_.insert(unit.value);
    else if (by_change || by_removal)
      broken("C2: " + spec(unit).name + " ends for no reason");
  }
}

void World::fact(UnitId unit, const Event& event) {
  trace(spec(unit).name + " <- " + std::string(event_name(event.kind)));
  Actions out;
  supervisor_.fact(unit, event, now_, out);
  carry_out(std::move(out));
}

void World::carry_out(Actions actions) {
  // In the step in which an essential unit's end is seen, stops have begun before anybody knew of the others.
  const bool before = std::exchange(shutdown_known_, supervisor_.shutting_down());
  hindsight_ = shutdown_known_ && !before;
  if (actions.size() > 10'000) return broken("the fixpoint does not end");
  std::vector<Action> spawns;
  for (const Action& action : actions) {
    switch (action.kind) {
      case ActionKind::spawn:
        check_spawn(action);
        spawns.push_back(action);
        break;
      case ActionKind::run_stop_command:
      case ActionKind::disarm_timer: break;
      case ActionKind::adopt: patience_[action.unit.value] += patience(action.unit); break;
      case ActionKind::forget:
        trace(spec(action.unit).name + " is gone");
        if (processes_[action.unit.value].any()) broken("P3: " + spec(action.unit).name + " is gone and has a process");
        processes_[action.unit.value] = {};
        bounced_.erase(action.unit.value);
        break;
      case ActionKind::signal: signal(action); break;
      case ActionKind::arm_timer: {
        Happening due{.at = action.at, .what = Happening::What::timer, .unit = action.unit, .serial = action.serial};
        later(action.at - now_, due);
        break;
      }
      case ActionKind::announce:
        trace(spec(action.unit).name + " " + std::string(state_name(action.to)) + ": " +
              std::string(cause_name(action.cause.kind)));
        // What was started before a unit's end was seen in the same step is stopped again.
        shutdown_seen_ = shutdown_seen_ || action.cause.kind == CauseKind::shutdown;
        check_end(action);
        if (action.to == State::stopping) {
          stopping_since_[action.unit.value] = now_;
          patience_[action.unit.value] = patience(action.unit);
          if (action.from == State::running && processes_[action.unit.value].main && !hindsight_) {
            check_stop_begins(action.unit);
          }
        }
        break;
      case ActionKind::all_stopped: done_ = true; break;
    }
  }
  for (const Action& action : spawns) spawn(action);
  check_states();
}

void World::later(Duration delay, Happening happening) {
  happening.at = now_ + delay;
  happening.order = ++order_;
  queue_.push(happening);
}

void World::spawn(const Action& action) {
  if (chance(15)) return fact(action.unit, Event::not_spawned(action.run, {SpawnStage::exec, ENOENT}));
  Process& process = processes_[action.unit.value];
  process = {.run = action.run, .main = true};
  process.hangs = chance(40);
  process.ignores_term = chance(30);
  process.leaves_rest = chance(25);
  if (!process.hangs) {
    ExitStatus exit = chance(50) ? ExitStatus{ExitStatus::exited, static_cast<int>(pick(3))}
                                 : ExitStatus{ExitStatus::killed, SIGSEGV};
    later(Duration{static_cast<std::int64_t>(pick(800)) * 1'000'000},
          {.what = Happening::What::main_ends, .unit = action.unit, .run = action.run, .exit = exit});
  }
  fact(action.unit, Event::of_run(EventKind::spawned, action.run));
}

void World::signal(const Action& action) {
  trace(spec(action.unit).name + " " + signal_name(action.signal));
  Process& process = processes_[action.unit.value];
  if (process.run != action.run) return broken("P2: a signal for a run that is not there");
  bool lethal = action.signal == SIGKILL || (action.signal == SIGTERM && !process.ignores_term);
  if (!lethal) return;
  Duration delay =
      action.signal == SIGKILL ? slowest_death : Duration{static_cast<std::int64_t>(pick(100)) * 1'000'000};
  if (action.signal == SIGKILL) process.leaves_rest = false;
  if (process.main) {
    later(delay, {.what = Happening::What::main_ends,
                  .unit = action.unit,
                  .run = action.run,
                  .exit = {ExitStatus::killed, action.signal}});
  }
  if (process.rest) later(delay, {.what = Happening::What::rest_ends, .unit = action.unit, .run = action.run});
}

void World::main_ends(const Happening& happening) {
  Process& process = processes_[happening.unit.value];
  if (process.run != happening.run || !process.main) return;
  process.main = false;
  process.rest = process.leaves_rest;
  bool killed = happening.exit.by_signal() && happening.exit.status == SIGKILL;
  if (process.rest && !killed && chance(50)) {
    later(Duration{static_cast<std::int64_t>(pick(500)) * 1'000'000},
          {.what = Happening::What::rest_ends, .unit = happening.unit, .run = happening.run});
  }
  fact(happening.unit, Event::exited(happening.run, happening.exit, !process.rest));
}

void World::rest_ends(const Happening& happening) {
  Process& process = processes_[happening.unit.value];
  if (process.run != happening.run || !process.rest || process.main) return;
  process.rest = false;
  fact(happening.unit, Event::of_run(EventKind::tree_gone, happening.run));
}

void World::check_spawn(const Action& action) {
  const UnitState& state = supervisor_.state(action.unit);
  for (std::uint32_t i = 0; i < processes_.size(); ++i) {
    bool same_name = processes_[i].any() && spec(UnitId{i}).name == spec(action.unit).name;
    if (same_name) broken("P1: second live run of " + spec(action.unit).name);
  }
  if (spec(action.unit).masked) broken("a masked unit is started: " + spec(action.unit).name);
  if (shutdown_seen_) broken("P9: spawn during shutdown: " + spec(action.unit).name);
  if (!state.wanted && state.intent != Intent::stop) broken("P9: spawn of an unwanted " + spec(action.unit).name);
  for (EdgeIndex index : supervisor_.graph().dependencies(action.unit)) {
    const Edge& edge = supervisor_.graph().edges()[index];
    if (edge.relation == Relation::conflicts && processes_[edge.to.value].any()) {
      broken("order: " + spec(action.unit).name + " starts beside " + spec(edge.to).name);
    }
    if (!insists(edge.relation) || edge.condition == Condition::exited) continue;
    // In one batch the other unit may already be told to stop again: then it is still there.
    State other = supervisor_.state(edge.to).state;
    bool up = other == State::running || other == State::stopping;
    bool there = other == State::completed || (edge.condition != Condition::completed && up);
    if (!there) broken("order: " + spec(action.unit).name + " starts before " + spec(edge.to).name + " is there");
  }
}

/// Nobody who is ordered after the unit and on its way down may still be there.
void World::check_stop_begins(UnitId unit) {
  for (EdgeIndex index : supervisor_.graph().dependents(unit)) {
    const Edge& edge = supervisor_.graph().edges()[index];
    if (edge.relation == Relation::conflicts) continue;
    const UnitState& dependent = supervisor_.state(edge.from);
    bool goes_down = dependent.state == State::stopping || dependent.intent != Intent::none;
    if (goes_down && processes_[edge.from.value].any() && supervisor_.state(unit).intent != Intent::none) {
      broken("order: " + spec(unit).name + " stops before " + spec(edge.from).name);
    }
  }
}

Duration World::patience(UnitId unit) const {
  Duration sum = slowest_death;
  for (const StopStep& step : spec(unit).stop.sequence) sum += step.wait;
  return sum;
}

/// What is told has happened already: also what follows from it.
void World::check_end(const Action& action) {
  if (action.to != State::completed && action.to != State::failed) return;
  bool member = supervisor_.find(spec(action.unit).name) == action.unit;
  bool ended = member && ended_for_good(supervisor_.state(action.unit));
  if (ended && spec(action.unit).essential && !supervisor_.shutting_down()) {
    broken("S6: " + spec(action.unit).name + " is essential and has ended");
  }
}

void World::check_states() {
  for (std::uint32_t i = 0; i < supervisor_.size(); ++i) {
    if (!supervisor_.known(UnitId{i})) continue;
    const UnitState& state = supervisor_.state(UnitId{i});
    const std::string& name = spec(UnitId{i}).name;
    if (!state.alive()) bounced_.erase(i);
    bool listed = std::ranges::find(supervisor_.units(), UnitId{i}) != supervisor_.units().end();
    if (!listed && !state.alive()) broken("removed, and never forgotten: " + name);
    if (!listed && state.intent != Intent::stop) broken("removed, and goes on: " + name);
    bool comes_up = state.state == State::waiting || state.state == State::backoff;
    if (spec(UnitId{i}).masked && comes_up) broken("masked, and comes up: " + name);
    for (UnitId other : {state.cause.other, state.intent_cause.other}) {
      if (other.valid() && !supervisor_.known(other)) broken("a cause without a unit: " + name);
    }
    if (!state.alive() && processes_[i].any()) broken("P1: " + name + " is down and has a process");
    bool may_have_timer =
        state.state == State::stopping || state.state == State::backoff || state.state == State::failed;
    if (state.timer != 0 && !may_have_timer) broken("a timer without an owner: " + name);
    if (state.state == State::backoff && state.timer == 0) broken("backs off for ever: " + name);
    if (!state.alive() && state.intent != Intent::none) broken("an intent without a process: " + name);
    if (state.state != State::stopping) continue;
    if (now_ - stopping_since_[i] > patience_[i]) broken("P3: " + name + " stops for too long");
  }
}

void World::broken(const std::string& what) {
  if (!outcome_.broken) outcome_.broken = what;
}

void World::trace(const std::string& line) {
  if (with_trace_) outcome_.trace += duration_text(now_ - Instant{1s}) + " " + line + "\n";
}

}  // namespace

Outcome simulate(std::uint64_t seed, bool with_trace) { return World(seed, with_trace).run(); }

}  // namespace supd::testing
