/// The shapes of values say what the readers do.

// With sanitizers g++ 12 sees something uninitialised in the standard library's own regular expressions.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "config/keys/shape.hpp"

#include <gtest/gtest.h>

#include <random>
#include <regex>

#include "config/keys/codecs.hpp"
#include "units/base/signal_names.hpp"

namespace supd::config {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return std::regex_search(text, std::regex(pattern, std::regex::ECMAScript));
}

TEST(Shape, patterns_of_numbers) {
  EXPECT_EQ(number_pattern(0, 255), "0*(0|[1-9][0-9]{0,1}|1[0-9]{2}|2[0-4][0-9]|25[0-5])");
  EXPECT_EQ(number_pattern(1, 9), "0*[1-9]");
  EXPECT_EQ(number_pattern(7, 7), "0*7");
  EXPECT_EQ(number_pattern(64, 128), "0*(6[4-9]|[7-9][0-9]|1[0-1][0-9]|12[0-8])");
}

TEST(Shape, a_pattern_of_numbers_takes_those_from_the_first_to_the_last) {
  unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    std::uint64_t low = random() % (round < 30 ? 120 : 20'000);
    std::uint64_t high = low + random() % (round < 30 ? 120 : 20'000);
    std::regex pattern("^" + number_pattern(low, high) + "$");
    auto check = [&](std::uint64_t value) {
      bool within = low <= value && value <= high;
      EXPECT_EQ(std::regex_search(std::to_string(value), pattern), within) << low << " to " << high << ": " << value;
    };
    for (std::uint64_t value = low > 12 ? low - 12 : 0; value <= low + 12; ++value) check(value);
    for (std::uint64_t value = high > 12 ? high - 12 : 0; value <= high + 12; ++value) check(value);
    for (int i = 0; i < 40; ++i) check(random() % (high + high / 2 + 20));
  }
}

TEST(Shape, durations) {
  std::string any = duration_shape(true).pattern;
  std::string positive = duration_shape(false).pattern;
  for (const char* good : {"1ns", "250ms", "5s", "1m30s", "01h", "365d", "8760h", "31536000s", "1h0s", "0s1m"}) {
    EXPECT_TRUE(matches(any, good)) << good;
    EXPECT_TRUE(matches(positive, good)) << good;
  }
  for (const char* zero : {"0", "0s", "0m0s", "000d"}) {
    EXPECT_TRUE(matches(any, zero)) << zero;
    EXPECT_FALSE(matches(positive, zero)) << zero;
  }
  for (const char* bad : {"", "5", "-5s", "5 s", "s", "5x", "366d", "8761h", "1.5s", "31536001s", "+1s"}) {
    EXPECT_FALSE(matches(any, bad)) << bad;
    EXPECT_FALSE(matches(positive, bad)) << bad;
  }
}

TEST(Shape, sizes) {
  std::string pattern = size_shape(64, 1024 * 1024).parts.at(0).pattern;
  for (const char* good : {"64", "64B", "1KiB", "1K", "1kB", "1MB", "1MiB", "1M", "1048576", "1048576B", "1024KiB"}) {
    EXPECT_TRUE(matches(pattern, good)) << good;
  }
  for (const char* bad : {"63", "63B", "0", "1048577", "1025KiB", "2MB", "1GB", "1.5K", "K", "1 KiB", "1k", "-1"}) {
    EXPECT_FALSE(matches(pattern, bad)) << bad;
  }
}

TEST(Shape, signals_are_those_that_have_a_name) {
  std::string pattern = signal_shape().pattern;
  std::vector<std::string> texts{"SIGRTMIN",   "SIGRTMIN+3", "rtmax-2", "sigterm", "Hup",    "SIGRTMIN+31",
                                 "SIGRTMIN-1", "SIG",        "SIGTREM", "",        "RTMAX+1"};
  for (std::string_view name : signal_names()) texts.emplace_back(name);
  for (const std::string& text : texts) EXPECT_EQ(matches(pattern, text), signal_number(text).has_value()) << text;
}

}  // namespace
}  // namespace supd::config
