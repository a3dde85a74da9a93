#include "daemon/log/format/stamp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
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

/// Another zone for one test.
struct Zone {
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
};

std::string local_stamp(std::int64_t time_us) {
  Stamper stamper(LogTime::local);
  return std::string(stamper.text(time_us));
}

/// The instant that a stamp with an offset names, in seconds.
std::int64_t instant(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  EXPECT_NE(rest, nullptr) << text;
  int hours = 0, minutes = 0;
  char sign = 0;
  EXPECT_EQ(std::sscanf(rest + 7, "%c%2d:%2d", &sign, &hours, &minutes), 3) << text;
  return ::timegm(&parts) - (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

TEST(Stamp, Local_time_has_its_offset) {
  {
    Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(local_stamp(1'795'440'381'123'456), "2026-11-23T14:26:21.123456+01:00");
    EXPECT_EQ(local_stamp(1'785'000'000'000'000), "2026-07-25T19:20:00.000000+02:00");
    EXPECT_EQ(local_stamp(0).size(), local_stamp_size);
  }
  Zone behind("XXX3:30");
  EXPECT_EQ(local_stamp(0), "1969-12-31T20:30:00.000000-03:30");
}

TEST(Stamp, C1_across_the_end_of_summer_time_each_stamp_names_its_instant) {
  Zone berlin("CET-1CEST,M3.5.0,M10.5.0/3");
  Stamper stamper(LogTime::local);
  constexpr std::int64_t change = 1'792'890'000;  // 2026-10-25T01:00:00Z
  std::string before(stamper.text(change * 1'000'000 - 1)), after(stamper.text(change * 1'000'000));
  EXPECT_EQ(before, "2026-10-25T02:59:59.999999+02:00");
  EXPECT_EQ(after, "2026-10-25T02:00:00.000000+01:00");
  for (std::int64_t second = change - 8000; second < change + 8000; second += 7) {
    EXPECT_EQ(instant(std::string(stamper.text(second * 1'000'000))), second);
  }
}

TEST(Stamp, C1_an_offset_with_seconds_moves_the_stamp_and_not_the_instant) {
  Zone odd("LMT-0:53:28");
  EXPECT_EQ(local_stamp(0), "1970-01-01T00:53:00.000000+00:53");
  EXPECT_EQ(instant(local_stamp(1'000'000'000'000'000)), 1'000'000'000);
}

TEST(Stamp, C1_local_time_is_clamped_as_well) {
  Zone ahead("XXX-14");
  EXPECT_EQ(local_stamp(INT64_MAX), "9999-12-31T23:59:59.999999+14:00");
  EXPECT_EQ(local_stamp(INT64_MIN).size(), local_stamp_size);
}

}  // namespace
}  // namespace supd::log
