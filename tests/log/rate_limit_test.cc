#include "daemon/log/rate_limit.hpp"

#include <gtest/gtest.h>

#include <string>

namespace supd::log {
namespace {

struct RateLimitTest : ::testing::Test {
  /// A line of so many bytes, with its newline.
  bool line(std::size_t bytes, LineEnd end = LineEnd::newline, Stream stream = Stream::out) {
    std::string text(end == LineEnd::newline ? bytes - 1 : bytes, 'x');
    return limit.admit(stream, {text, end}, now);
  }
  Instant now{100s};
  RateLimit limit{1000, 300};
};

TEST_F(RateLimitTest, A_burst_passes_and_then_what_the_rate_allows) {
  EXPECT_TRUE(line(100));
  EXPECT_TRUE(line(100));
  EXPECT_TRUE(line(100));
  EXPECT_FALSE(line(100));
  now = now + 99ms;
  EXPECT_TRUE(line(99)) << "not empty";
  EXPECT_FALSE(line(1));
  now = now + 1h;
  int passed = 0;
  while (line(100)) ++passed;
  EXPECT_EQ(passed, 3) << "silence saves up no more than the burst";
}

TEST_F(RateLimitTest, Over_a_long_time_the_rate_holds) {
  std::uint64_t passed = 0;
  for (int i = 0; i < 100'000; ++i) {
    now = now + 1ms;
    if (line(50)) passed += 50;
  }
  EXPECT_NEAR(static_cast<double>(passed), 100'000, 400);
  EXPECT_EQ(limit.dropped_bytes() + passed, 5'000'000U);
  EXPECT_EQ(limit.dropped_lines() * 50, limit.dropped_bytes());
}

TEST_F(RateLimitTest, A_line_longer_than_the_burst_passes_and_is_paid_back) {
  EXPECT_TRUE(line(2300));
  now = now + 1999ms;
  EXPECT_FALSE(line(1));
  now = now + 2ms;
  EXPECT_TRUE(line(1));
}

TEST_F(RateLimitTest, Pieces_of_one_line_pass_or_go_together_and_count_as_one) {
  EXPECT_TRUE(line(300, LineEnd::cut));
  EXPECT_TRUE(line(300, LineEnd::pause)) << "its start has passed";
  EXPECT_FALSE(line(10, LineEnd::newline, Stream::err)) << "another stream, another line";
  EXPECT_TRUE(line(10));
  EXPECT_FALSE(line(50, LineEnd::cut));
  now = now + 10s;
  EXPECT_FALSE(line(50)) << "its start was dropped";
  EXPECT_TRUE(line(50));
  EXPECT_EQ(limit.dropped_lines(), 2U);
  EXPECT_EQ(limit.dropped_bytes(), 110U);
}

TEST_F(RateLimitTest, The_report_says_what_was_dropped_since_the_last_one) {
  EXPECT_FALSE(limit.has_report());
  line(300);
  line(40);
  line(60);
  ASSERT_TRUE(limit.has_report());
  EXPECT_EQ(limit.take_report(), "2 lines, 100 bytes dropped: more than 1KB per second");
  EXPECT_FALSE(limit.has_report());
}

TEST_F(RateLimitTest, Without_a_burst_a_second_s_worth_passes) {
  limit = RateLimit(1000, 0);
  int passed = 0;
  while (line(100)) ++passed;
  EXPECT_EQ(passed, 10);
}

TEST_F(RateLimitTest, Other_limits_hold_at_once_and_counts_stay) {
  line(300);
  line(100);
  limit.set(RateLimit::no_limit, 0);
  now = now + 1ms;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(line(1'000'000));
  EXPECT_EQ(limit.dropped_bytes(), 100U);
}

}  // namespace
}  // namespace supd::log
