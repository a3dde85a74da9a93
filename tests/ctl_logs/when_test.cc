#include "ctl/logs/when.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

constexpr std::int64_t minute = 60 * second, hour = 60 * minute, day = 24 * hour;

struct When : testing::Test {
  static void SetUpTestSuite() {
    ::setenv("TZ", "CET-1", 1);  // one hour to the east: noon UTC is 13:00
    ::tzset();
  }
  static std::int64_t read(std::string_view text) {
    auto time = parse_when(text, noon);
    if (!time) ADD_FAILURE() << text << " " << time.error();
    return time.value_or(0);
  }
  static std::string error(std::string_view text) {
    auto time = parse_when(text, noon);
    return time ? "is " + std::to_string(*time) : time.error();
  }
};

TEST_F(When, times_of_all_forms) {
  EXPECT_EQ(read("now"), noon);
  EXPECT_EQ(read("10m"), noon - 10 * minute);
  EXPECT_EQ(read("1h30m ago"), noon - 90 * minute);
  EXPECT_EQ(read("today"), noon - 13 * hour);
  EXPECT_EQ(read("yesterday"), noon - 13 * hour - day);
  EXPECT_EQ(read("12:00"), noon - hour);
  EXPECT_EQ(read("12:00:30.25"), noon - hour + 30 * second + second / 4);
  EXPECT_EQ(read("2026-11-23"), noon - 13 * hour);
  EXPECT_EQ(read("2026-11-23 13:00"), noon);
  EXPECT_EQ(read("2026-11-23T13:00:01"), noon + second);
  EXPECT_EQ(read("2026-11-23T12:00:00Z"), noon);
  EXPECT_EQ(read("2026-11-23T07:00:00.5-05:00"), noon + second / 2);
  EXPECT_EQ(read("@1795435200"), noon);
}

TEST_F(When, what_is_wrong_is_said_exactly) {
  EXPECT_EQ(error("25:00"), "has an hour above 23");
  EXPECT_EQ(error("12:61"), "has a minute above 59");
  EXPECT_EQ(error("2026-13-01"), "has no month from 01 to 12");
  EXPECT_EQ(error("2026-02-30"), "names a day that its month does not have");
  EXPECT_EQ(error("2026-11-23 noon"), "has no time of day like 12:00 or 12:00:30 behind its date");
  EXPECT_EQ(error("2026-11-23T12:00:00+1"), "has an offset that is not like +01:00");
  EXPECT_EQ(error("2026-11-23 12:00 x"), "has ' x' behind its time");
  EXPECT_EQ(error("@soon"), "has no number of seconds behind its @");
  for (const char* text : {"", "soon", "12", "1:00", "12:0", "10", "10 minutes", "2026", "2026-1-1", "-5m", ":"}) {
    EXPECT_TRUE(error(text).starts_with("is no time like")) << text << " " << error(text);
  }
}

}  // namespace
}  // namespace supd::ctl::logs::test
