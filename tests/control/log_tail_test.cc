#include "daemon/control/log_tail.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace supd::control {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

proto::LogRecord at(const std::string& unit, std::int64_t time_us, const std::string& text) {
  return {unit, time_us, false, false, text};
}

std::string joined(LogTail& tail) {
  std::string text;
  for (const auto& record : tail.take()) text += record.text;
  return text;
}

TEST(LogTail, several_units_are_merged_by_time) {
  LogTail tail(100, 1'000'000);
  std::int64_t a = never, b = never;
  tail.add(at("a", 1, "1"), a);
  tail.add(at("a", 4, "4"), a);
  tail.add(at("b", 2, "2"), b);
  tail.add(at("b", 3, "3"), b);
  tail.add(at("b", 4, "5"), b);
  EXPECT_EQ(joined(tail), "12345");
  EXPECT_EQ(tail.bytes(), 0U);
}

TEST(LogTail, C1_a_clock_that_was_set_back_does_not_reorder_a_units_lines) {
  LogTail tail(100, 1'000'000);
  std::int64_t a = never, b = never;
  tail.add(at("a", 1000, "1"), a);
  tail.add(at("a", 10, "2"), a);
  tail.add(at("a", 20, "3"), a);
  tail.add(at("b", 1001, "4"), b);
  EXPECT_EQ(joined(tail), "1234");
}

TEST(LogTail, only_the_newest_lines_are_kept) {
  LogTail tail(3, 1'000'000);
  std::int64_t a = never, b = never;
  for (int i = 0; i < 9; i += 2) tail.add(at("a", i, std::to_string(i)), a);
  for (int i = 1; i < 9; i += 2) tail.add(at("b", i, std::to_string(i)), b);
  EXPECT_EQ(joined(tail), "678");
  EXPECT_EQ(tail.dropped(), 0U);
}

TEST(LogTail, P8_bytes_are_bounded_and_what_is_left_out_is_counted) {
  LogTail tail(1'000'000, 100'000);
  std::int64_t a = never;
  for (int i = 0; i < 1000; ++i) tail.add(at("a", i, std::string(1000, 'x')), a);
  EXPECT_LE(tail.bytes(), 100'000U);
  auto kept = tail.take();
  EXPECT_GT(kept.size(), 50U);
  EXPECT_EQ(kept.back().time_us, 999);
  EXPECT_EQ(tail.dropped(), 1000U - kept.size());
}

}  // namespace
}  // namespace supd::control
