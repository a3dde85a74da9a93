#include "units/supervisor.hpp"

#include <algorithm>

#include "units/base/assert.hpp"

namespace supd {
namespace {

Cause from(CauseKind kind, UnitId other) {
  Cause cause;
  cause.kind = kind;
  cause.other = other;
  return cause;
}

}  // namespace

Supervisor::Supervisor(std::vector<SpecPtr> specs, std::vector<UnitId> units, Graph graph)
    : graph_(std::move(graph)),
      units_(std::move(units)),
      specs_(std::move(specs)),
      places_(specs_.size(), Place::member),
      states_(specs_.size()),
      counts_(specs_.size()),
      edge_memory_(graph_.edges().size()),
      dirty_flag_(specs_.size(), false) {
  for (UnitId unit : units_) states_[unit.value].id = unit;
  for (UnitId unit : units_) look_at_edges(unit);
}

std::expected<Supervisor, std::vector<GraphError>> Supervisor::load(std::vector<SpecPtr> specs) {
  std::vector<UnitId> ids(specs.size());
  for (std::uint32_t i = 0; i < ids.size(); ++i) ids[i] = UnitId{i};
  auto graph = Graph::build(specs, ids, static_cast<std::uint32_t>(ids.size()));
  if (!graph) return std::unexpected(std::move(graph.error()));
  return Supervisor(std::move(specs), std::move(ids), std::move(*graph));
}

std::expected<Supervisor, std::vector<GraphError>> Supervisor::load(std::vector<UnitSpec> specs) {
  std::vector<SpecPtr> shared;
  shared.reserve(specs.size());
  for (UnitSpec& spec : specs) shared.push_back(std::make_shared<const UnitSpec>(std::move(spec)));
  return load(std::move(shared));
}

void Supervisor::boot(Instant now, Actions& out) {
  for (UnitId unit : units_) {
    bool done = state(unit).state == State::completed;
    if (spec(unit).enabled && !done) ask(unit, EventKind::start_asked, {.kind = CauseKind::boot});
  }
  booted_ = true;
  spread(now, out);
}

void Supervisor::command(Command command, std::span<const UnitId> units, Instant now, Actions& out) {
  std::vector<UnitId> all(units.begin(), units.end());
  bool downwards = command == Command::stop || command == Command::restart;
  if (downwards) with_members(all);
  for (UnitId unit : all) {
    switch (command) {
      case Command::start: ask(unit, EventKind::start_asked, {.kind = CauseKind::by_hand}); break;
      case Command::stop: ask(unit, EventKind::stop_asked, {.kind = CauseKind::by_hand}); break;
      case Command::restart: ask(unit, EventKind::bounce_asked, {.kind = CauseKind::by_hand}); break;
      case Command::reset: ask(unit, EventKind::reset_asked, {.kind = CauseKind::reset}); break;
    }
  }
  spread(now, out);
}

void Supervisor::fact(UnitId unit, const Event& event, Instant now, Actions& out) {
  SUPD_ASSERT(unit.value < size());
  const UnitState& state = states_[unit.value];
  bool of_timer = event.kind == EventKind::timer_fired;
  bool current = of_timer ? event.serial == state.timer && state.timer != 0 : event.run == state.run;
  if (!current || !known(unit)) {
    ++stale_facts_;
    return;
  }
  apply(unit, event, now, out);
  spread(now, out);
}

void Supervisor::shutdown(Instant now, Actions& out) {
  if (!shutting_down_) begin_shutdown();
  spread(now, out);
}

void Supervisor::begin_shutdown() {
  shutting_down_ = true;
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (known(UnitId{i})) ask(UnitId{i}, EventKind::stop_asked, from(CauseKind::shutdown, ending_.unit));
  }
}

void Supervisor::set_exit_policy(ExitPolicy policy, Instant now, Actions& out) {
  exit_policy_ = policy;
  spread(now, out);
}

void Supervisor::kill_all(Instant now, Actions& out) {
  impatient_ = true;
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (states_[i].state == State::stopping) ask(UnitId{i}, EventKind::kill_asked, {});
  }
  spread(now, out);
}

void Supervisor::ask(UnitId unit, EventKind wish, Cause cause) { asks_.emplace_back(unit, Event::wish(wish, cause)); }

/// To the fixpoint, in ranks: all wishes first; then what dependencies demand of dependents, now that every
/// wish is known; then those that wait in vain give up; and only when nobody wants anything any more, permissions. So
/// no unit begins to stop before those that have to stop first know it. Every wish moves a unit towards what is asked
/// for and every edge looks at states only, so this ends; the simulation checks that it does.
void Supervisor::spread(Instant now, Actions& out) {
  while (true) {
    if (!asks_.empty()) {
      auto [unit, event] = asks_.front();
      asks_.pop_front();
      apply(unit, event, now, out);
    } else if (!pulls_.empty()) {
      EdgeIndex index = pulls_.front();
      pulls_.pop_front();
      feel_pull(index);
    } else if (!hopeless_.empty()) {
      UnitId unit = hopeless_.front();
      hopeless_.pop_front();
      give_up_waiting(unit);
    } else if (ended_ && !shutting_down_) {
      begin_shutdown();
    } else if (!dirty_.empty()) {
      UnitId unit = dirty_.front();
      dirty_.pop_front();
      dirty_flag_[unit.value] = false;
      look_for_work(unit, now, out);
    } else if (!shutting_down_ && all_done()) {
      begin_shutdown();
    } else {
      break;
    }
  }
  notice_all_stopped(out);
}

void Supervisor::apply(UnitId unit, const Event& event, Instant now, Actions& out) {
  bool upwards = event.kind == EventKind::start_asked || event.kind == EventKind::bounce_asked;
  bool may_go_up = places_[unit.value] == Place::member && !spec(unit).masked && !shutting_down_;
  if (upwards && !may_go_up) return;
  if (!known(unit)) return;  // asked of a unit that was still there
  UnitState& state = states_[unit.value];
  bool was_alive = state.alive();
  bool went_on = goes_on(state, spec(unit).kind);
  bool had_ended = ended_for_good(state);
  step(state, event, {spec(unit), now, serials_, out});
  alive_ += static_cast<std::uint32_t>(state.alive()) - static_cast<std::uint32_t>(was_alive);
  going_on_ += static_cast<std::uint32_t>(goes_on(state, spec(unit).kind)) - static_cast<std::uint32_t>(went_on);
  if (!had_ended && ended_for_good(state)) notice_end(unit);
  bool replaced = event.kind == EventKind::bounce_asked && event.cause.kind == CauseKind::reconfigured;
  if (upwards && !replaced) pull_up(unit, event.cause);
  // At once: a new unit of that name may start as soon as it has looked at its edges.
  if (places_[unit.value] == Place::leaving && !state.alive()) forget(unit, out);
  if (impatient_ && event.kind == EventKind::may_stop && state.state == State::stopping) {
    ask(unit, EventKind::kill_asked, {});
  }
  look_at_edges(unit);
  mark_dirty(unit);
  if (state.state == State::waiting && counts_[unit.value].hopeless > 0) hopeless_.push_back(unit);
}

/// A unit that shall run makes what it needs run, and what it excludes stop.
void Supervisor::pull_up(UnitId unit, const Cause& cause) {
  bool by_hand = cause.kind == CauseKind::by_hand;
  for (EdgeIndex index : graph_.dependencies(unit)) {
    const Edge& edge = graph_.edges()[index];
    const UnitState& other = states_[edge.to.value];
    if (edge.relation == Relation::conflicts) {
      bool up = other.wanted || other.alive();
      if (up) ask(edge.to, EventKind::stop_asked, from(CauseKind::conflict, unit));
      continue;
    }
    if (!starts(edge.relation)) continue;
    bool retry = by_hand && other.state == State::failed;
    bool idle = !other.wanted && other.state != State::completed;
    if (!idle && !retry) continue;
    // A person's wish reaches all the way down: what had failed is tried again, with clean counts.
    ask(edge.to, EventKind::start_asked, from(by_hand && retry ? CauseKind::by_hand : CauseKind::needed, unit));
  }
}

void Supervisor::mark_dirty(UnitId unit) {
  if (dirty_flag_[unit.value]) return;
  dirty_flag_[unit.value] = true;
  dirty_.push_back(unit);
}

/// A unit changed: bring the memory of its edges up to date, and with it the counts of its neighbours.
void Supervisor::look_at_edges(UnitId changed) {
  const UnitState& state = states_[changed.value];
  for (EdgeIndex index : graph_.dependents(changed)) {
    look_at_gate(index, state);
    pulls_.push_back(index);
  }
  for (EdgeIndex index : graph_.dependencies(changed)) {
    const Edge& edge = graph_.edges()[index];
    // Its own intent may have gone: what it depends on may want it to end all the same.
    // And what it failed for may be back already when its own last process is gone.
    bool feels = state.alive() ? state.intent == Intent::none : state.state == State::failed;
    if (feels) pulls_.push_back(index);
    if (!state.alive()) edge_memory_[index].fresh = false;
    bool holds = holds_stop(edge, state);
    if (holds == edge_memory_[index].holds) continue;
    edge_memory_[index].holds = holds;
    counts_[edge.to.value].holds += holds ? 1U : ~0U;
    mark_dirty(edge.to);
  }
}

void Supervisor::look_at_gate(EdgeIndex index, const UnitState& changed) {
  const Edge& edge = graph_.edges()[index];
  if (changed.state == State::running && changed.intent == Intent::none) edge_memory_[index].fresh = false;
  Gate now = gate(edge, changed, spec(edge.to).kind);
  Gate before = std::exchange(edge_memory_[index].gate, now);
  if (now == before) return;
  Counts& counts = counts_[edge.from.value];
  counts.waits += static_cast<std::uint32_t>(now == Gate::wait) - static_cast<std::uint32_t>(before == Gate::wait);
  auto hopeless = [](Gate gate) { return static_cast<std::uint32_t>(gate == Gate::stopped || gate == Gate::failed); };
  counts.hopeless += hopeless(now) - hopeless(before);
  if (counts.hopeless > 0) hopeless_.push_back(edge.from);
  mark_dirty(edge.from);
}

/// What the unit at the far end demands of the dependent. One that waits needs no telling: its gates do.
void Supervisor::feel_pull(EdgeIndex index) {
  const Edge& edge = graph_.edges()[index];
  const UnitState& dependent = states_[edge.from.value];
  const UnitState& other = states_[edge.to.value];
  bool engaged = dependent.alive() ? dependent.intent == Intent::none : dependent.state == State::backoff;
  if (engaged) {
    switch (pull(edge, other, spec(edge.to).kind)) {
      case Pull::none: break;
      case Pull::stop: ask(edge.from, EventKind::stop_asked, from(CauseKind::dependency_stopped, edge.to)); break;
      case Pull::fail: ask(edge.from, EventKind::fail_asked, from(CauseKind::dependency_failed, edge.to)); break;
      case Pull::bounce:
        if (edge_memory_[index].fresh) break;  // it has not been up yet for this dependent
        if (dependent.alive()) ask(edge.from, EventKind::bounce_asked, from(CauseKind::dependency_restarts, edge.to));
        break;
    }
  }
  bool failed_by_this = dependent.state == State::failed && dependent.wanted &&
                        dependent.cause.kind == CauseKind::dependency_failed && dependent.cause.other == edge.to;
  bool back = other.wanted && other.state != State::failed && other.intent != Intent::fail;
  if (failed_by_this && back) {
    ask(edge.from, EventKind::start_asked, from(CauseKind::dependency_back, edge.to));
  }
}

/// What the graph allows or forces on a unit now.
void Supervisor::look_for_work(UnitId unit, Instant now, Actions& out) {
  const UnitState& state = states_[unit.value];
  const Counts& counts = counts_[unit.value];
  if (state.state == State::waiting) {
    bool may_start = counts.waits == 0 && counts.hopeless == 0 && !shutting_down_;
    if (may_start) apply(unit, {.kind = EventKind::may_start}, now, out);
    return;
  }
  // A unit that is `starting` waits for the answer to its spawn first: it comes at once.
  if (state.state == State::running && state.intent != Intent::none && counts.holds == 0) {
    apply(unit, {.kind = EventKind::may_stop}, now, out);
  }
}

void Supervisor::give_up_waiting(UnitId unit) {
  if (states_[unit.value].state != State::waiting) return;
  for (EdgeIndex index : graph_.dependencies(unit)) {
    const Edge& edge = graph_.edges()[index];
    if (edge_memory_[index].gate == Gate::failed) {
      return ask(unit, EventKind::fail_asked, from(CauseKind::dependency_failed, edge.to));
    }
    if (edge_memory_[index].gate == Gate::stopped) {
      return ask(unit, EventKind::stop_asked, from(CauseKind::dependency_stopped, edge.to));
    }
  }
}

/// Nothing refers to it: its edges are without meaning, and causes name it by itself (see Takeover).
void Supervisor::forget(UnitId unit, Actions& out) {
  places_[unit.value] = Place::empty;
  bool comes_again = find(spec(unit).name).valid();
  Action& action = out.emplace_back();
  action.kind = ActionKind::forget;
  action.unit = unit;
  action.cause.kind = comes_again ? CauseKind::reconfigured : CauseKind::removed;
}

/// The first one counts. A unit that leaves the configuration, or that the shutdown ends, takes nobody along.
void Supervisor::notice_end(UnitId unit) {
  if (shutting_down_ || ended_ || places_[unit.value] != Place::member) return;
  bool failed_now = states_[unit.value].state == State::failed;
  bool by_policy = exit_policy_ == ExitPolicy::failure && failed_now;
  if (!spec(unit).essential && !by_policy) return;
  ended_ = true;
  ending_ = {unit, exit_code(states_[unit.value])};
}

/// Nothing is left to do. The first that has failed gives the exit code.
bool Supervisor::all_done() {
  if (exit_policy_ == ExitPolicy::told || !booted_ || going_on_ > 0) return false;
  for (UnitId unit : units_) {
    if (states_[unit.value].state != State::failed) continue;
    ending_ = {unit, exit_code(states_[unit.value])};
    break;
  }
  return true;
}

void Supervisor::notice_all_stopped(Actions& out) {
  if (!shutting_down_ || stopped_ || alive_ > 0) return;
  stopped_ = true;
  out.emplace_back().kind = ActionKind::all_stopped;
}

std::vector<UnitId> Supervisor::members(UnitId target) const {
  std::vector<UnitId> all{target};
  with_members(all);
  return all;
}

/// Appends what targets in the list start; `units` is both the work list and the result.
void Supervisor::with_members(std::vector<UnitId>& units) const {
  std::vector<bool> seen(size(), false);
  std::erase_if(units, [&](UnitId unit) {
    bool twice = seen[unit.value];
    seen[unit.value] = true;
    return twice;
  });
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (spec(units[i]).kind != Kind::target) continue;
    for (EdgeIndex index : graph_.dependencies(units[i])) {
      const Edge& edge = graph_.edges()[index];
      if (!starts(edge.relation) || seen[edge.to.value]) continue;
      seen[edge.to.value] = true;
      units.push_back(edge.to);
    }
  }
}

}  // namespace supd
