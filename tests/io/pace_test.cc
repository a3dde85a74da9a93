/// When output is left to gather, and when not.

#include "daemon/io/pace.hpp"

#include <gtest/gtest.h>

namespace supd::io {
namespace {

/// Batches that follow each other by `gap`, each with `bytes` of each of `streams`.
struct Batches {
  Duration next(Duration gap, std::size_t bytes, std::size_t streams = 1) {
    now = now + gap;
    for (std::size_t i = 0; i < streams; ++i) pace.note(bytes, bytes, true);
    return pace.after_batch(now);
  }
  Duration flood(int batches, std::size_t bytes, std::size_t streams = 1) {
    Duration nap{0};
    for (int i = 0; i < batches; ++i) nap = next(20us, bytes, streams);
    return nap;
  }
  Pace pace;
  Instant now{1s};
};

TEST(Pace, a_line_that_comes_alone_is_never_delayed) {
  Batches batches;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(batches.next(1ms, 100), Duration{0});
}

TEST(Pace, a_flood_of_small_writes_is_left_to_gather_for_a_millisecond_at_most) {
  Batches batches;
  EXPECT_EQ(batches.flood(3, 400), Duration{0});
  EXPECT_GT(batches.flood(2, 400), Duration{0});
  EXPECT_EQ(batches.flood(50, 4000), Pace::longest);
}

TEST(Pace, writers_of_large_blocks_are_not_held_up) {
  Batches batches;
  EXPECT_EQ(batches.flood(1000, 64 * 1024), Duration{0});
}

TEST(Pace, a_nap_in_which_a_pipe_fills_up_is_too_long) {
  Batches batches;
  EXPECT_EQ(batches.flood(50, 4000), Pace::longest);
  EXPECT_EQ(batches.next(1ms, 60 * 1024), Pace::longest / 2);
  EXPECT_EQ(batches.flood(10, 60 * 1024), Duration{0});
}

TEST(Pace, it_settles_where_a_pipe_is_half_full) {
  Batches batches;
  batches.flood(8, 4000);
  Duration settled = batches.next(300us, 24 * 1024);
  EXPECT_GT(settled, Duration{0});
  EXPECT_EQ(batches.next(300us, 24 * 1024), settled);
}

TEST(Pace, when_it_gets_quiet_the_naps_end) {
  Batches batches;
  EXPECT_GT(batches.flood(10, 400, 20), Duration{0});
  EXPECT_EQ(batches.next(1ms, 100), Duration{0});
}

}  // namespace
}  // namespace supd::io
