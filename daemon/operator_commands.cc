// Operator: commands, and when they are done.

#include <utility>

#include "daemon/log/own_log.hpp"
#include "daemon/operator.hpp"

namespace supd {
namespace {

Command command_of(control::Verb verb) {
  switch (verb) {
    case control::Verb::start: return Command::start;
    case control::Verb::stop: return Command::stop;
    case control::Verb::restart: return Command::restart;
    case control::Verb::reset: return Command::reset;
  }
  std::unreachable();
}

using control::Progress;

/// `restarted`: only a run after run_before counts.
Progress start_progress(const UnitState& state, Kind kind, bool fresh) {
  switch (state.state) {
    case State::running:
      if (!fresh || state.intent != Intent::none) return Progress::pending;
      // A task's start is done when the task is.
      return kind == Kind::task ? Progress::pending : Progress::done;
    case State::completed: return fresh ? Progress::done : Progress::pending;
    case State::inactive:
    case State::failed: return Progress::failed;
    // It came up and fell down again, or could not start: worth a word now, not after ten more tries.
    case State::backoff: return fresh ? Progress::failed : Progress::pending;
    case State::waiting:
    case State::starting:
    case State::stopping: return Progress::pending;
  }
  std::unreachable();
}

Progress stop_progress(const UnitState& state) {
  switch (state.state) {
    case State::inactive:
    case State::completed:
    case State::failed: return Progress::done;
    case State::waiting:
    case State::starting:
    case State::running:
    case State::stopping:
    case State::backoff: return state.wanted ? Progress::failed : Progress::pending;
  }
  std::unreachable();
}

/// A masked unit goes on with the run that it has.
bool refuses_restart(const UnitState& state, const UnitSpec& spec, std::uint64_t run_before) {
  return spec.masked && state.run.value == run_before && state.intent != Intent::bounce;
}

}  // namespace

std::vector<control::Ticket> Operator::command(control::Verb verb, std::span<const UnitId> units, std::string_view by) {
  bool with_members = verb == control::Verb::stop || verb == control::Verb::restart;
  std::vector<control::Ticket> tickets;
  std::vector<bool> seen(supervisor_.size(), false);
  auto note = [&](UnitId unit) {
    if (seen[unit.value]) return;
    seen[unit.value] = true;
    tickets.push_back({unit, verb, supervisor_.state(unit).run.value});
  };
  for (UnitId unit : units) {
    note(unit);
    if (!with_members) continue;
    for (UnitId member : supervisor_.members(unit)) note(member);
  }
  if (log::would_log(log::Level::debug)) {
    log::debug("command for " + std::to_string(tickets.size()) + " units by " + std::string(by));
  }
  executor_.command(command_of(verb), units);
  return tickets;
}

Progress Operator::progress(const control::Ticket& ticket) const {
  if (!supervisor_.known(ticket.unit)) {
    return ticket.verb == control::Verb::stop ? Progress::done : Progress::failed;
  }
  const UnitState& state = supervisor_.state(ticket.unit);
  Kind kind = supervisor_.spec(ticket.unit).kind;
  switch (ticket.verb) {
    case control::Verb::start: return start_progress(state, kind, true);
    case control::Verb::stop: return stop_progress(state);
    case control::Verb::restart:
      if (refuses_restart(state, supervisor_.spec(ticket.unit), ticket.run_before)) return Progress::failed;
      return start_progress(state, kind, kind == Kind::target || state.run.value > ticket.run_before);
    case control::Verb::reset: return Progress::done;
  }
  std::unreachable();
}

}  // namespace supd
