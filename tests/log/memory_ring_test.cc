#include "daemon/log/memory_ring.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>

#include "tests/log/support.hpp"

namespace supd::log {
namespace {

TEST(MemoryRing, Costs_nothing_before_the_first_record) {
  MemoryRing ring(256 * 1024);
  EXPECT_EQ(ring.bytes_held(), 0U);
  EXPECT_TRUE(ring.tail(10).empty());
}

TEST(MemoryRing, Grows_with_what_it_holds) {
  MemoryRing ring(256 * 1024);
  ring.append({1, 0, "one line"});
  EXPECT_LE(ring.bytes_held(), 512U);
}

TEST(MemoryRing, A_limit_of_zero_keeps_nothing) {
  MemoryRing ring(0);
  ring.append({1, 0, "text"});
  EXPECT_EQ(ring.bytes_held(), 0U);
  EXPECT_TRUE(ring.tail(1).empty());
}

TEST(MemoryRing, Tail_is_the_last_records_oldest_first) {
  MemoryRing ring(4096);
  ring.append({1, RingRecord::from_stderr, "a"});
  ring.append({2, RingRecord::line_goes_on, ""});
  ring.append({3, RingRecord::note, std::string_view("c\0d", 3)});
  auto tail = ring.tail(2);
  ASSERT_EQ(tail.size(), 2U);
  EXPECT_EQ(tail[0].time_us, 2);
  EXPECT_TRUE(tail[0].has(RingRecord::line_goes_on));
  EXPECT_EQ(tail[0].text, "");
  EXPECT_TRUE(tail[1].has(RingRecord::note));
  EXPECT_EQ(tail[1].text, std::string_view("c\0d", 3));
  EXPECT_EQ(ring.tail(100).size(), 3U);
  EXPECT_TRUE(ring.tail(0).empty());
}

TEST(MemoryRing, Each_record_knows_its_run) {
  MemoryRing ring(64 * 1024);
  constexpr std::uint64_t far = 1ULL << 40;
  const std::vector<std::uint64_t> runs{
      0, 1, 2, 1, far, far - 1, 0, 7, UINT64_MAX, UINT64_MAX - 1, (1ULL << 24) - 1, 1ULL << 24};
  for (std::uint64_t run : runs) ring.append({1, RingRecord::note, "x", RunId{run}});
  ring.append_lines(2, RingRecord::from_stderr, "y\nz\n", RunId{9});
  ring.set_limit(32 * 1024);
  auto kept = ring.tail(SIZE_MAX);
  ASSERT_EQ(kept.size(), runs.size() + 2);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(kept[i].run.value, runs[i]);
    EXPECT_EQ(kept[i].flags, RingRecord::note) << "a run is no flag";
  }
  EXPECT_EQ(kept.back().run.value, 9U);
  EXPECT_EQ(kept.back().flags, RingRecord::from_stderr);
}

TEST(MemoryRing, P8_never_holds_more_than_its_limit_and_always_the_newest) {
  std::mt19937_64 random(test_seed());
  for (std::uint64_t limit : {1024U, 5000U, 64U * 1024U}) {
    MemoryRing ring(limit);
    std::deque<std::string> all;
    for (int i = 0; i < 5000; ++i) {
      all.push_back(std::to_string(i) + std::string(random() % (limit / 8), 'x'));
      ring.append({i, 0, all.back()});
      ASSERT_LE(ring.bytes_held(), limit);
    }
    auto kept = ring.tail(SIZE_MAX);
    ASSERT_EQ(kept.size(), ring.records());
    std::size_t bytes = 0;
    for (std::size_t back = 1; back <= kept.size(); ++back) {
      ASSERT_EQ(kept[kept.size() - back].text, all[all.size() - back]);
      ASSERT_EQ(kept[kept.size() - back].time_us, static_cast<std::int64_t>(all.size() - back));
      bytes += kept[kept.size() - back].text.size();
    }
    EXPECT_GT(bytes, limit / 4) << "most of the memory is of use";
  }
}

TEST(MemoryRing, P8_a_record_larger_than_the_ring_is_kept_in_pieces) {
  MemoryRing ring(4096);
  std::string large;
  for (int i = 0; i < 5000; ++i) large += std::to_string(i) + " ";
  ring.append({7, 0, large});
  EXPECT_LE(ring.bytes_held(), 4096U);
  std::string end;
  auto kept = ring.tail(SIZE_MAX);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].has(RingRecord::line_goes_on), i + 1 < kept.size());
    end += kept[i].text;
  }
  EXPECT_GT(end.size(), 1000U);
  EXPECT_EQ(end, large.substr(large.size() - end.size()));
}

TEST(MemoryRing, C2_another_limit_keeps_the_newest_records_that_fit) {
  MemoryRing ring(256 * 1024);
  for (int i = 0; i < 2000; ++i) ring.append({i, 0, std::string(90, 'x')});
  ASSERT_EQ(ring.records(), 2000U);
  ring.set_limit(1024 * 1024);
  EXPECT_EQ(ring.records(), 2000U);
  for (std::uint64_t limit : {64UL * 1024, 2048UL, 1UL}) {
    ring.set_limit(limit);
    EXPECT_LE(ring.bytes_held(), std::max(limit, MemoryRing::least_bytes));
    EXPECT_GE(ring.records(), 1U) << limit;
    EXPECT_EQ(ring.tail(1).front().time_us, 1999) << limit;
  }
  ring.set_limit(0);
  EXPECT_EQ(ring.records(), 0U);
  EXPECT_EQ(ring.bytes_held(), 0U);
  ring.set_limit(4096);
  ring.append({1, 0, "again"});
  EXPECT_EQ(ring.tail(5).size(), 1U);
}

}  // namespace
}  // namespace supd::log
