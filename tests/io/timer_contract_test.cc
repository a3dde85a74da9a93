#include <algorithm>
#include <random>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using TimerContract = LoopContract;

TEST_P(TimerContract, P10_timers_are_never_early_by_the_monotonic_clock) {
  for (const Duration length :
       {Duration{0}, Duration{1}, Duration{1000}, Duration{1ms}, Duration{7ms}, Duration{30ms}}) {
    Recorder timer;
    const Instant at = world().clock() + length;
    loop().timer_at(at, timer);
    EXPECT_EQ(timer.terminals, 0);
    Instant seen;
    timer.on_terminal = [&] { seen = loop().now(); };
    ASSERT_TRUE(until([&] { return timer.done(); }));
    EXPECT_GE(seen, at);
    EXPECT_GE(world().clock(), at);
    EXPECT_FALSE(timer.canceled);
  }
}

TEST_P(TimerContract, deadlines_in_the_past_fire_in_the_next_turn) {
  Recorder timer;
  loop().timer_at(Instant{}, timer);
  EXPECT_EQ(timer.terminals, 0);
  ASSERT_TRUE(until([&] { return timer.done(); }));
}

TEST_P(TimerContract, many_timers_come_in_the_order_of_their_deadlines) {
  constexpr int count = 2000;
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Recorder>> timers;
  std::vector<Instant> fired;
  const Instant start = world().clock();
  for (int i = 0; i < count; ++i) {
    const Instant at = start + Duration(random() % 20'000'000);
    timers.push_back(std::make_unique<Recorder>());
    timers.back()->on_terminal = [&fired, at] { fired.push_back(at); };
    loop().timer_at(at, *timers.back());
  }
  ASSERT_TRUE(until([&] { return fired.size() == count; }));
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

TEST_P(TimerContract, a_canceled_timer_says_so_once_and_without_waiting) {
  Recorder timer;
  const OpId id = loop().timer_at(world().clock() + 1h, timer);
  loop().cancel(id);
  EXPECT_EQ(timer.terminals, 0);
  ASSERT_TRUE(until([&] { return timer.done(); }));
  EXPECT_TRUE(timer.canceled);
  EXPECT_EQ(timer.last_id, id);
  loop().cancel(id);
  settle();
  EXPECT_EQ(timer.terminals, 1);
}

TEST_P(TimerContract, a_released_timer_never_fires) {
  Recorder timer;
  const OpId id = loop().timer_at(world().clock() + 1ms, timer);
  loop().release(id);
  settle();
  EXPECT_EQ(timer.terminals, 0);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

TEST_P(TimerContract, a_timer_that_was_armed_in_a_callback_waits_for_the_next_turn) {
  Recorder first;
  Recorder second;
  int second_inside_first = -1;
  first.on_terminal = [&] {
    loop().timer_at(Instant{}, second);
    second_inside_first = second.terminals;
  };
  loop().timer_at(Instant{}, first);
  while (!first.done()) loop().turn(world().clock());
  EXPECT_EQ(second_inside_first, 0);
  EXPECT_EQ(second.terminals, 0);
  ASSERT_TRUE(until([&] { return second.done(); }));
}

TEST_P(TimerContract, releasing_a_timer_of_the_same_batch_suppresses_it) {
  Recorder first;
  Recorder second;
  const Instant at = world().clock();
  loop().timer_at(at, first);
  const OpId victim = loop().timer_at(at, second);
  first.on_terminal = [&] { loop().release(victim); };
  settle();
  EXPECT_EQ(first.terminals, 1);
  EXPECT_EQ(second.terminals, 0);
}

TEST_P(TimerContract, more_timers_than_fit_into_one_batch_all_fire) {
  constexpr int count = 5000;
  std::vector<std::unique_ptr<Recorder>> timers;
  int fired = 0;
  for (int i = 0; i < count; ++i) {
    timers.push_back(std::make_unique<Recorder>());
    timers.back()->on_terminal = [&] { ++fired; };
    loop().timer_at(Instant{}, *timers.back());
  }
  ASSERT_TRUE(until([&] { return fired == count; }));
  settle();
  EXPECT_EQ(fired, count);
}

TEST_P(TimerContract, a_turn_ends_at_latest_when_nothing_happens) {
  const Instant latest = world().clock() + 5ms;
  while (world().clock() < latest) loop().turn(latest);
  EXPECT_GE(world().clock(), latest);
  EXPECT_LT(world().clock() - latest, Duration{2s});
}

TEST_P(TimerContract, idle_makes_no_turns) {
  const auto before = loop().stats().turns;
  const Instant latest = world().clock() + 100ms;
  while (world().clock() < latest) loop().turn(latest);
  EXPECT_LE(loop().stats().turns - before, 3U);
}

TEST_P(TimerContract, now_is_sampled_once_per_turn) {
  Recorder first;
  Recorder second;
  Instant a;
  Instant b;
  first.on_terminal = [&] {
    a = loop().now();
    while (real() && world().clock() < a + 1ms) {
    }
  };
  second.on_terminal = [&] { b = loop().now(); };
  const Instant at = world().clock();
  loop().timer_at(at, first);
  loop().timer_at(at, second);
  ASSERT_TRUE(until([&] { return second.done(); }));
  EXPECT_EQ(a, b);
}

SUPD_IN_ALL_WORLDS(TimerContract);

}  // namespace
}  // namespace supd::io::test
