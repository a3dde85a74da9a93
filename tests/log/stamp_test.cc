#include "daemon/log/format/stamp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>

#include "tests/log/support.hpp"

namespace supd::log {
namespace {

std::string stamp(std::int64_t time_us) {
  Stamper stamper;
  return std::string(stamper.text(time_us));
}

TEST(Stamp, Known_times) {
  EXPECT_EQ(stamp(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(stamp(1'795'440'381'123'456), "2026-11-23T13:26:21.123456Z");
  EXPECT_EQ(stamp(951'782'400'000'001), "2000-02-29T00:00:00.000001Z");
  EXPECT_EQ(stamp(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(stamp(253'402'300'799'999'999), "9999-12-31T23:59:59.999999Z");
}

TEST(Stamp, C1_a_clock_far_out_is_clamped_to_what_RFC_3339_can_say) {
  EXPECT_EQ(stamp(INT64_MAX), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(stamp(INT64_MIN), "0000-01-01T00:00:00.000000Z");
}

TEST(Stamp, Random_times_agree_with_the_C_library) {
  std::mt19937_64 random(test_seed());
  Stamper stamper;
  for (int round = 0; round < 20'000; ++round) {
    auto second = static_cast<std::int64_t>(random() % 5'000'000'000ULL) - 1'000'000'000;
    auto micros = static_cast<std::int64_t>(random() % 1'000'000);
    auto seconds = static_cast<std::time_t>(second);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text.data() + size, text.size() - size, ".%06dZ", static_cast<int>(micros));
    ASSERT_EQ(stamper.text(second * 1'000'000 + micros), text.data()) << second;
  }
}

TEST(Stamp, The_cached_second_follows_the_time_both_ways) {
  Stamper stamper;
  EXPECT_EQ(stamper.text(1'999'999), "1970-01-01T00:00:01.999999Z");
  EXPECT_EQ(stamper.text(2'000'000), "1970-01-01T00:00:02.000000Z");
  EXPECT_EQ(stamper.text(2'000'007), "1970-01-01T00:00:02.000007Z");
  EXPECT_EQ(stamper.text(1'000'000), "1970-01-01T00:00:01.000000Z");
}

}  // namespace
}  // namespace supd::log
