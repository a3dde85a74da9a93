#include "units/restart.hpp"

#include <gtest/gtest.h>

namespace supd {
namespace {

TEST(Restart, delays_grow_to_their_bound_and_jitter_stays_inside) {
  RestartSpec spec;
  for (std::uint32_t taken = 0; taken < 2000; ++taken) {
    Duration delay = restart_delay(spec, taken, RunId{taken + 1});
    EXPECT_LE(delay, spec.max_delay);
    EXPECT_GE(delay, 90ms);
  }
  Duration first = restart_delay(spec, 0, RunId{7});
  EXPECT_GE(first, 90ms);
  EXPECT_LE(first, 110ms);
  EXPECT_EQ(first, restart_delay(spec, 0, RunId{7})) << "a replay takes the same delays";
  EXPECT_NE(first, restart_delay(spec, 0, RunId{8})) << "two runs don't";
}

TEST(Restart, jitter_uses_its_whole_range) {
  RestartSpec spec;
  spec.delay = 1s;
  spec.jitter = 1.0;
  Duration least = 2s, most{0};
  for (std::uint64_t run = 1; run < 1000; ++run) {
    Duration delay = restart_delay(spec, 0, RunId{run});
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_LT(least, 50ms);
  EXPECT_GT(most, 1950ms);
}

TEST(Restart, the_limit_counts_starts_within_the_window_only) {
  RestartSpec spec;
  spec.limit = 2;
  UnitState unit;
  note_start(unit, spec, Instant{0s});
  note_start(unit, spec, Instant{50s});
  EXPECT_EQ(after_end(unit, spec, {ExitStatus::exited, 1}, Instant{59s}).next, Verdict::Next::give_up);
  EXPECT_EQ(after_end(unit, spec, {ExitStatus::exited, 1}, Instant{60s}).next, Verdict::Next::restart);
  for (int i = 0; i < 100; ++i) note_start(unit, spec, Instant{100s});
  EXPECT_EQ(unit.recent_starts.size(), 2U) << "bounded";
}

TEST(Restart, exit_sets_tell_codes_from_signals) {
  ExitSet set{{15}, {9}};
  EXPECT_TRUE(set.contains({ExitStatus::exited, 15}));
  EXPECT_FALSE(set.contains({ExitStatus::killed, 15}));
  EXPECT_TRUE(set.contains({ExitStatus::dumped, 9}));
  EXPECT_FALSE(set.contains({}));
}

}  // namespace
}  // namespace supd
