#include "daemon/apply/watch.hpp"

#include <algorithm>
#include <utility>

#include "units/base/quantity.hpp"

namespace supd::apply {

Watch::Watch(io::Loop& loop, const Supervisor& supervisor, std::span<const control::Ticket> tickets, WatchTimes times,
             Verdict verdict)
    : loop_(loop),
      supervisor_(supervisor),
      times_(times),
      verdict_(std::move(verdict)),
      deadline_(loop.now() + times.limit),
      last_ready_(loop.now()) {
  for (const control::Ticket& ticket : tickets) {
    if (ticket.verb != control::Verb::stop) entries_.push_back({ticket, Standing::pending});
  }
  for (Entry& entry : entries_) look_at(entry);
  arm();
}

void Watch::on_transition(UnitId unit) {
  for (Entry& entry : entries_) {
    if (entry.ticket.unit != unit || entry.standing == Standing::nobodys) continue;
    look_at(entry);
    arm();
  }
}

void Watch::on_unit_gone(UnitId unit) {
  for (Entry& entry : entries_) {
    if (entry.ticket.unit == unit) entry.standing = Standing::nobodys;
  }
  arm();
}

Watch::Standing Watch::judge(const control::Ticket& ticket) const {
  const UnitState& state = supervisor_.state(ticket.unit);
  Kind kind = supervisor_.spec(ticket.unit).kind;
  bool fresh = ticket.verb == control::Verb::start || kind == Kind::target || state.run.value > ticket.run_before;
  switch (state.state) {
    case State::waiting:
    case State::starting: return Standing::pending;
    case State::running:
      return fresh && state.intent == Intent::none && kind != Kind::task ? Standing::ready : Standing::pending;
    case State::completed:
      if (!fresh) return Standing::pending;
      return kind == Kind::task ? Standing::ready : Standing::lost;
    case State::backoff: return fresh ? Standing::lost : Standing::pending;
    case State::stopping:
      // An end that leads to another start is none; one that somebody wanted is not ours.
      if (state.intent == Intent::stop) return Standing::nobodys;
      return fresh && state.intent == Intent::none ? Standing::lost : Standing::pending;
    case State::failed: return Standing::lost;
    case State::inactive: return state.wanted ? Standing::lost : Standing::nobodys;
  }
  std::unreachable();
}

void Watch::look_at(Entry& entry) {
  Standing before = std::exchange(entry.standing, judge(entry.ticket));
  if (entry.standing == Standing::ready && before != Standing::ready) last_ready_ = loop_.now();
}

/// At once when a unit is lost, else when time is up, or when all have stayed up for long enough.
void Watch::arm() {
  auto stands = [this](Standing standing) {
    return std::ranges::any_of(entries_, [standing](const Entry& entry) { return entry.standing == standing; });
  };
  Instant at = last_ready_ + times_.stay;
  if (stands(Standing::lost)) {
    at = loop_.now();
  } else if (stands(Standing::pending)) {
    at = deadline_;
  }
  loop_.release(std::exchange(timer_, {}));
  timer_ = loop_.timer_at(at, *this);
}

std::optional<Watch::Lost> Watch::first_lost() const {
  auto is_lost = [](const Entry& entry) { return entry.standing == Standing::lost; };
  auto is_late = [](const Entry& entry) { return entry.standing == Standing::pending; };
  auto lost = std::ranges::find_if(entries_, is_lost);
  bool late = lost == entries_.end();
  if (late) lost = std::ranges::find_if(entries_, is_late);
  if (lost == entries_.end()) return std::nullopt;
  UnitId unit = lost->ticket.unit;
  std::string cause = supervisor_.cause_sentence(unit);
  State state = supervisor_.state(unit).state;
  std::string why = late ? "not ready within " + duration_text(times_.limit) + ", " : "";
  why += std::string(state_name(state)) + " (" + cause + ")";
  return Lost{supervisor_.spec(unit).name, state, std::move(why)};
}

void Watch::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled) return;
  std::exchange(verdict_, nullptr)(first_lost());
}

}  // namespace supd::apply
