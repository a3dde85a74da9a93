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
  RateLimit limit{{1000, 300}, {}};
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
  limit = RateLimit({1000, 0}, {});
  int passed = 0;
  while (line(100)) ++passed;
  EXPECT_EQ(passed, 10);
}

TEST_F(RateLimitTest, Other_limits_hold_at_once_and_counts_stay) {
  line(300);
  line(100);
  limit.set({}, {});
  now = now + 1ms;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(line(1'000'000));
  EXPECT_EQ(limit.dropped_bytes(), 100U);
}

TEST_F(RateLimitTest, Lines_have_a_limit_of_their_own_to_the_nanosecond) {
  limit = RateLimit({}, {4, 2});
  EXPECT_TRUE(line(1));
  EXPECT_TRUE(line(1'000'000)) << "of any size";
  EXPECT_FALSE(line(1));
  now = now + 249'999'999ns;
  EXPECT_FALSE(line(1));
  now = now + 1ns;
  EXPECT_TRUE(line(1));
  EXPECT_FALSE(line(1));
  now = now + 10s;
  EXPECT_TRUE(line(1));
  EXPECT_TRUE(line(1));
  EXPECT_FALSE(line(1)) << "silence saves up no more than the burst";
  EXPECT_EQ(limit.dropped_lines(), 4U);
  EXPECT_EQ(limit.take_report(), "4 lines, 4 bytes dropped: more than 4 lines per second");
}

TEST_F(RateLimitTest, A_line_in_pieces_is_one_line) {
  limit = RateLimit({}, {1, 1});
  EXPECT_TRUE(line(100, LineEnd::cut));
  EXPECT_TRUE(line(100, LineEnd::pause));
  EXPECT_TRUE(line(100));
  EXPECT_FALSE(line(1));
}

TEST_F(RateLimitTest, Both_limits_hold_and_the_report_says_which_did) {
  limit = RateLimit({1000, 100}, {10, 3});
  EXPECT_TRUE(line(200));
  EXPECT_FALSE(line(50)) << "bytes";
  EXPECT_EQ(limit.take_report(), "1 lines, 50 bytes dropped: more than 1KB per second");
  now = now + 1s;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(line(1));
  EXPECT_FALSE(line(7)) << "lines";
  EXPECT_EQ(limit.take_report(), "1 lines, 7 bytes dropped: more than 10 lines per second");
  now = now + 1s;
  EXPECT_TRUE(line(1));
  EXPECT_TRUE(line(1));
  EXPECT_TRUE(line(500));
  EXPECT_FALSE(line(1)) << "both";
  EXPECT_EQ(limit.take_report(), "1 lines, 1 bytes dropped: more than 1KB or 10 lines per second");
}

TEST_F(RateLimitTest, A_dropped_line_takes_nothing_of_either_limit) {
  limit = RateLimit({1000, 100}, {10, 3});
  EXPECT_TRUE(line(200));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(line(50));
  now = now + 101ms;
  EXPECT_TRUE(line(1)) << "100 bytes were to be paid back, and 101 came";
  EXPECT_EQ(limit.dropped_bytes(), 500U);
}

TEST_F(RateLimitTest, The_rest_of_a_line_whose_drop_was_told_has_its_reason) {
  limit = RateLimit({}, {1, 1});
  EXPECT_TRUE(line(1));
  EXPECT_FALSE(line(5, LineEnd::cut));
  EXPECT_EQ(limit.take_report(), "0 lines, 5 bytes dropped: more than 1 lines per second");
  EXPECT_FALSE(line(6));
  EXPECT_EQ(limit.take_report(), "1 lines, 6 bytes dropped: more than 1 lines per second");
}

TEST_F(RateLimitTest, Over_a_long_time_not_a_line_too_many_or_too_few) {
  limit = RateLimit({}, {7, 2});
  std::uint64_t passed = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    now = now + 1ms;
    passed += line(1) ? 1 : 0;
  }
  EXPECT_EQ(passed, 7001U) << "two at first, and 7 in each second after the first millisecond";
}

}  // namespace
}  // namespace supd::log
