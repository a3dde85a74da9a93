#include "daemon/log/rotation.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/log/support.hpp"

namespace supd::log {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t some_time = 1'795'453'445'123'456;  // 2026-11-23T17:04:05.123456Z

TEST(RotatedName, Is_the_file_s_name_and_a_stamp_that_sorts_by_time) {
  EXPECT_EQ(rotated_name("current", {.time_us = some_time}), "current.@2026-11-23T17-04-05.123456Z");
  EXPECT_EQ(rotated_name("web.log", {some_time, Compression::gzip, false}), "web.log.@2026-11-23T17-04-05.123456Z.gz");
  EXPECT_EQ(rotated_name("x", {some_time, Compression::zstd, true}), "x.@2026-11-23T17-04-05.123456Z.zst.tmp");
  for (std::int64_t step : {std::int64_t{1}, second, 3600 * second, 86'400 * second, 400 * 86'400 * second}) {
    EXPECT_LT(rotated_name("a", {.time_us = some_time}), rotated_name("a", {.time_us = some_time + step}));
  }
}

TEST(RotatedName, Is_read_back_and_nothing_else_is_taken_for_one) {
  for (auto compression : {Compression::none, Compression::gzip, Compression::zstd}) {
    for (bool unfinished : {false, true}) {
      if (unfinished && compression == Compression::none) continue;
      RotatedName name{some_time, compression, unfinished};
      EXPECT_EQ(parse_rotated("current", rotated_name("current", name)), name);
    }
  }
  for (const char* foreign : {"",
                              "current",
                              "current.",
                              "current.@",
                              "current.1",
                              "current.gz",
                              "current.@2026-11-23T17-04-05.123456Z.bz2",
                              "current.@2026-11-23T17-04-05.123456Z.tmp",
                              "current.@2026-11-23T17-04-05.123456Z ",
                              "current.@2026-11-23T17:04:05.123456Z",
                              "current.@2026-13-23T17-04-05.123456Z",
                              "current.@2026-02-30T17-04-05.123456Z",
                              "current.@2026-11-23T24-04-05.123456Z",
                              "current.@2026-11-23T17-60-05.123456Z",
                              "current.@2026-11-23T17-04-61.123456Z",
                              "current.@2026-11-23T17-04-05.-23456Z",
                              "current.@+026-11-23T17-04-05.123456Z",
                              "other.@2026-11-23T17-04-05.123456Z",
                              "current2.@2026-11-23T17-04-05.123456Z",
                              "current.@2026-11-23T17-04-05.123456Z.gz.gz",
                              "xcurrent.@2026-11-23T17-04-05.123456Z"}) {
    EXPECT_EQ(parse_rotated("current", foreign), std::nullopt) << foreign;
  }
}

TEST(RotatedName, P10_a_clock_that_was_set_back_makes_no_older_name) {
  EXPECT_EQ(next_rotation_us(some_time, INT64_MIN), some_time);
  EXPECT_EQ(next_rotation_us(some_time, some_time - 5), some_time);
  EXPECT_EQ(next_rotation_us(some_time, some_time), some_time + 1);
  EXPECT_EQ(next_rotation_us(some_time - 3600 * second, some_time), some_time + 1);
}

TEST(NextCut, L12_what_fits_is_written_and_what_does_not_begins_the_next_file) {
  EXPECT_EQ(next_cut("aa\nbb\n", 0, false, 6), (Cut{false, 6})) << "to the very byte";
  EXPECT_EQ(next_cut("aa\nbb\n", 0, false, 5), (Cut{false, 3}));
  EXPECT_EQ(next_cut("aa\nbb\n", 3, false, 6), (Cut{false, 3}));
  EXPECT_EQ(next_cut("aa\nbb\n", 4, false, 6), (Cut{true, 6}));
  EXPECT_EQ(next_cut("aa\nbb\n", 4, false, 5), (Cut{true, 3}));
  EXPECT_EQ(next_cut("aa\nbb\n", 6, false, 6), (Cut{true, 6}));
}

TEST(NextCut, A_limit_of_zero_is_none) { EXPECT_EQ(next_cut("aa\nbb\n", UINT64_MAX, false, 0), (Cut{false, 6})); }

TEST(NextCut, A_line_longer_than_the_file_is_a_file_of_its_own) {
  EXPECT_EQ(next_cut("a long line\nb\n", 0, false, 5), (Cut{false, 12}));
  EXPECT_EQ(next_cut("a long line\nb\n", 2, false, 5), (Cut{true, 12}));
  EXPECT_EQ(next_cut("b\na long line\n", 0, false, 5), (Cut{false, 2}));
  EXPECT_EQ(next_cut("b\n", 12, false, 5), (Cut{true, 2})) << "the line after it is not in its file";
}

TEST(NextCut, L5_within_a_line_no_file_ends) {
  EXPECT_EQ(next_cut("rest\nnext\n", 9, true, 10), (Cut{false, 5}));
  EXPECT_EQ(next_cut("rest\nnext\n", 100, true, 10), (Cut{false, 5}));
  EXPECT_EQ(next_cut("no end yet", 100, true, 10), (Cut{false, 10}));
}

TEST(NextCut, P8_a_line_without_an_end_does_not_keep_one_file_forever) {
  EXPECT_EQ(next_cut("no end yet", 10 + longest_line - 1, true, 10), (Cut{false, 10}));
  EXPECT_EQ(next_cut("no end yet", 10 + longest_line, true, 10), (Cut{true, 10}));
}

TEST(NextCut, L12_of_any_lines_none_is_lost_repeated_or_divided) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 300; ++round) {
    std::string all, pending;
    for (int i = 0; i < 200; ++i) all += std::string(random() % 40, static_cast<char>('a' + i % 26)) + "\n";
    pending = all;
    std::uint64_t limit = 1 + random() % 100;
    std::vector<std::string> files(1);
    while (!pending.empty()) {
      Cut cut = next_cut(std::string_view(pending).substr(0, pending.find('\n', random() % pending.size()) + 1),
                         files.back().size(), false, limit);
      if (cut.rotate) files.emplace_back();
      ASSERT_GT(cut.bytes, 0U);
      files.back() += pending.substr(0, cut.bytes);
      pending.erase(0, cut.bytes);
    }
    std::string joined;
    for (const std::string& file : files) {
      joined += file;
      EXPECT_TRUE(file.ends_with('\n'));
      bool one_line = file.find('\n') == file.size() - 1;
      EXPECT_TRUE(file.size() <= limit || one_line) << file.size() << " of " << limit;
    }
    EXPECT_EQ(joined, all);
  }
}

struct ToRemove : ::testing::Test {
  void file(std::int64_t age_s, std::uint64_t bytes, Compression compression = Compression::none) {
    files.push_back({{some_time - age_s * second, compression, false}, bytes});
  }
  /// The ages of what has to go, in seconds.
  std::vector<std::int64_t> ages(const RotationSpec& rules) {
    std::vector<std::int64_t> out;
    for (const RotatedName& name : to_remove(files, rules, some_time))
      out.push_back((some_time - name.time_us) / second);
    return out;
  }
  std::vector<RotatedFile> files;
};
using Ages = std::vector<std::int64_t>;

TEST_F(ToRemove, Keeps_so_many_of_the_newest) {
  for (std::int64_t age : {3, 1, 5, 2, 4}) file(age, 10);
  EXPECT_EQ(ages({.keep = 3}), (Ages{4, 5}));
  EXPECT_EQ(ages({.keep = 5}), Ages{});
  EXPECT_EQ(ages({.keep = 0}), Ages{}) << "0 is no limit";
}

TEST_F(ToRemove, Keeps_so_much_without_gaps) {
  file(1, 10);
  file(2, 50);
  file(3, 10);
  EXPECT_EQ(ages({.keep_total = 70}), Ages{});
  EXPECT_EQ(ages({.keep_total = 69}), (Ages{3}));
  EXPECT_EQ(ages({.keep_total = 59}), (Ages{2, 3})) << "3 would fit, and would be a gap";
  EXPECT_EQ(ages({.keep_total = 9}), (Ages{1, 2, 3}));
  EXPECT_EQ(ages({.keep_total = UINT64_MAX}), Ages{});
}

TEST_F(ToRemove, Keeps_so_long_and_what_is_of_the_future_stays) {
  for (std::int64_t age : {-7200, 10, 59, 60, 61, 1000}) file(age, 10);
  EXPECT_EQ(ages({.keep_age = 60s}), (Ages{61, 1000}));
}

TEST_F(ToRemove, A_plain_file_whose_compressed_copy_is_there_goes_and_counts_once) {
  file(1, 100);
  file(1, 10, Compression::zstd);
  file(2, 10);
  auto gone = to_remove(files, {.keep = 2, .keep_total = 20}, some_time);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0], (RotatedName{some_time - second, Compression::none, false}));
}

}  // namespace
}  // namespace supd::log
