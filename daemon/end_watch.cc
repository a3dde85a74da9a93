#include "daemon/end_watch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/log/own_log.hpp"

namespace supd {

void EndWatch::begin(std::optional<Duration> timeout) {
  if (std::exchange(begun_, true)) return;
  if (phase_ != Phase::patient) return;  // killed before anybody could be patient
  if (timeout) phase_ = Phase::timed;
  arm(timeout.value_or(after_kill));
}

void EndWatch::kill() {
  executor_.kill_all();
  // Once: who asks again and again does not make it longer.
  if (phase_ == Phase::killed || phase_ == Phase::all_killed) return;
  phase_ = Phase::killed;
  arm(after_kill);
}

void EndWatch::arm(Duration wait) {
  loop_.release(std::exchange(timer_, {}));
  timer_ = loop_.timer_at(loop_.now() + wait, *this);
}

void EndWatch::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled || over()) return;
  switch (phase_) {
    case Phase::patient: look(); break;
    case Phase::timed:
      log::warn("shutdown_timeout is over: killing what is left");
      kill();
      break;
    case Phase::killed: kill_the_rest(); break;
    case Phase::all_killed: give_up(); break;
  }
}

/// Where no time was set, a unit is given up when its stop sequence is used up, twice in a row, and no other one has
/// anything left to try.
void EndWatch::look() {
  std::unordered_set<RunId> killed;
  bool stays = false, goes_on = false;
  for (UnitId unit : alive()) {
    RunId run = supervisor_.state(unit).run;
    if (used_up(unit)) {
      killed.insert(run);
      stays = stays || killed_before_.contains(run);
    } else {
      goes_on = goes_on || supervisor_.state(unit).state == State::stopping;
    }
  }
  killed_before_ = std::move(killed);
  if (!stays || goes_on) return arm(after_kill);
  phase_ = Phase::killed;
  executor_.kill_all();
  kill_the_rest();
}

/// Units that stop after those that do not go have not had their turn, and won't have one.
void EndWatch::kill_the_rest() {
  std::vector<UnitId> left = alive();
  bool nobody_waits = std::ranges::all_of(left, [this](UnitId unit) { return used_up(unit); });
  if (nobody_waits) return give_up();
  log::warn("killing what has to stop after units that do not go");
  phase_ = Phase::all_killed;
  for (UnitId unit : left) executor_.kill_processes(unit);
  arm(after_kill);
}

void EndWatch::give_up() {
  given_up_ = true;
  for (UnitId unit : alive()) {
    const auto& run = executor_.runtime(unit).run;
    if (!run) continue;
    log::error(supervisor_.spec(unit).name + " can't be killed, going on without its end (process " +
               std::to_string(run->pid()) + ")");
  }
}

std::vector<UnitId> EndWatch::alive() const {
  std::vector<UnitId> all;
  for (UnitId unit{0}; unit.value < supervisor_.size(); ++unit.value) {
    if (supervisor_.known(unit) && supervisor_.state(unit).alive()) all.push_back(unit);
  }
  return all;
}

bool EndWatch::used_up(UnitId unit) const {
  const UnitState& state = supervisor_.state(unit);
  return state.state == State::stopping && state.stop_step == after_last_step;
}

}  // namespace supd
