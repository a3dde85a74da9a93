// The table in units/state_model.hpp against the code in units/step.cc: every pair of a state and an
// event, with every kind of unit, intent and policy that can be there.

#include "units/state_model.hpp"

#include <gtest/gtest.h>

#include "tests/units/scenario.hpp"
#include "units/step.hpp"

namespace supd {
namespace {

struct Variation {
  Kind kind;
  Intent intent;
  RestartPolicy policy;
  bool delayed;
  bool tree_gone;
  bool success;
  bool limit_hit;
  bool masked;
};

std::vector<Variation> variations() {
  std::vector<Variation> all;
  for (Kind kind : {Kind::service, Kind::task, Kind::target}) {
    for (Intent intent : {Intent::none, Intent::stop, Intent::bounce, Intent::fail}) {
      for (RestartPolicy policy : {RestartPolicy::always, RestartPolicy::on_failure, RestartPolicy::never}) {
        for (unsigned bits = 0; bits < 32; ++bits) {
          all.push_back({kind, intent, policy, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0,
                         (bits & 16) != 0});
        }
      }
    }
  }
  return all;
}

/// A unit that can really be in `state` when `event` comes, or nothing when the two can't meet.
bool prepare(UnitState& unit, Event& event, const Variation& v, State state, EventKind kind) {
  unit.id = UnitId{0};
  unit.state = state;
  unit.run = RunId{1};
  unit.wanted = true;
  bool process = v.kind != Kind::target;
  if (!process && (state == State::starting || state == State::stopping || state == State::backoff)) return false;
  if (!process && (kind == EventKind::process_exited || state == State::completed)) return false;
  if (unit.alive()) unit.intent = v.intent;
  unit.main_alive = process && (state == State::running || state == State::stopping);
  if (kind == EventKind::process_exited) unit.main_alive = true;
  if (kind == EventKind::tree_gone) unit.main_alive = false;
  if (kind == EventKind::may_stop) {
    if (v.intent == Intent::none) return false;
    unit.main_alive = process;
  }
  if (kind == EventKind::timer_fired) unit.timer = 1;
  unit.last_exit = {ExitStatus::exited, v.success ? 0 : 1};
  // What is masked is kept from these by the supervisor.
  if (v.masked && (state == State::waiting || state == State::backoff)) return false;
  if (v.limit_hit) unit.recent_starts = {Instant{1s}};
  event.kind = kind;
  event.run = unit.run;
  event.exit = unit.last_exit;
  event.tree_gone = v.tree_gone;
  event.serial = unit.timer;
  return true;
}

UnitSpec spec_of(const Variation& v) {
  UnitSpec spec = testing::service("unit");
  spec.kind = v.kind;
  spec.restart.policy = v.policy;
  spec.masked = v.masked;
  spec.restart.delay = v.delayed ? Duration{1s} : Duration{0};
  spec.restart.limit = v.limit_hit ? 1 : 0;
  return spec;
}

StateSet reached(State from, EventKind on) {
  StateSet states;
  for (const Variation& v : variations()) {
    UnitState unit;
    Event event;
    if (!prepare(unit, event, v, from, on)) continue;
    UnitSpec spec = spec_of(v);
    Serials serials{1, 1};
    Actions out;
    step(unit, event, {spec, Instant{2s}, serials, out});
    states.add(unit.state);
  }
  return states;
}

TEST(StateModel, table_and_code_reach_the_same_states) {
  for (const Rule& rule : state_model()) {
    EXPECT_TRUE(reached(rule.from, rule.on) == rule.to) << state_name(rule.from) << " × " << event_name(rule.on);
  }
}

TEST(StateModel, each_pair_has_one_row_at_most) {
  for (std::size_t i = 0; i < state_model().size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      bool same = state_model()[i].from == state_model()[j].from && state_model()[i].on == state_model()[j].on;
      EXPECT_FALSE(same) << "rows " << j << " and " << i;
    }
  }
}

TEST(StateModel, wishes_are_possible_in_every_state) {
  for (int state = 0; state < state_count; ++state) {
    for (EventKind wish : {EventKind::start_asked, EventKind::stop_asked, EventKind::bounce_asked,
                           EventKind::fail_asked, EventKind::reset_asked, EventKind::kill_asked}) {
      EXPECT_FALSE(next_states(static_cast<State>(state), wish).empty()) << state << " " << event_name(wish);
    }
  }
}

TEST(StateModelDeathTest, pairs_without_a_row_assert) {
  GTEST_FLAG_SET(death_test_style, "fast");
  UnitSpec spec = testing::service("unit");
  for (int s = 0; s < state_count; ++s) {
    for (int e = 0; e < event_count; ++e) {
      UnitState unit;
      unit.state = static_cast<State>(s);
      if (!next_states(unit.state, static_cast<EventKind>(e)).empty()) continue;
      Serials serials;
      Actions out;
      Event event{.kind = static_cast<EventKind>(e)};
      EXPECT_DEATH(step(unit, event, {spec, Instant{1s}, serials, out}), "internal error")
          << state_name(unit.state) << " × " << event_name(event.kind);
    }
  }
}

TEST(StateModel, states_have_unique_names_and_meanings) {
  for (int i = 0; i < state_count; ++i) {
    const StateInfo& info = state_table()[i];
    EXPECT_EQ(static_cast<int>(info.state), i);
    EXPECT_FALSE(info.meaning.empty());
    State back = State::failed;
    EXPECT_TRUE(state_from_name(info.name, back));
    EXPECT_EQ(back, info.state);
    UnitState unit;
    unit.state = info.state;
    EXPECT_EQ(unit.alive(), info.has_process) << info.name;
  }
}

}  // namespace
}  // namespace supd
