#include "ctl/logs/selection.hpp"

#include <gtest/gtest.h>

#include "ctl/logs/memory_log.hpp"
#include "ctl/logs/merge.hpp"
#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

using Texts = std::vector<std::string>;

bool matches(const std::string& expression, std::string_view text, bool ignore_case = false) {
  return Pattern::compile(expression, ignore_case).value().matches(text);
}

TEST(Pattern, is_a_posix_extended_expression_of_bytes) {
  EXPECT_TRUE(matches("b+c", "abbc"));
  EXPECT_FALSE(matches("^b", "abbc"));
  EXPECT_TRUE(matches("(x|c)$", "abbc"));
  EXPECT_FALSE(matches("ABBC", "abbc"));
  EXPECT_TRUE(matches("ABBC", "abbc", true));
  EXPECT_TRUE(matches("plain", "in plain words"));
  EXPECT_TRUE(matches("a.b$", std::string_view("x\0a\xff"
                                               "b",
                                               5)))
      << "a NUL ends nothing";
  EXPECT_EQ(Pattern::compile("(", false).error(), "Unmatched ( or \\(");
}

TEST(Selection, takes_streams_apart) {
  proto::LogRecord out, err, note;
  err.is_stderr = note.note = true;
  auto taken = [&](StreamChoice choice) {
    Selection selection{.stream = choice};
    return std::array{selection.accepts(out), selection.accepts(err), selection.accepts(note)};
  };
  EXPECT_EQ(taken(StreamChoice::all), (std::array{true, true, true}));
  EXPECT_EQ(taken(StreamChoice::out), (std::array{true, false, false}));
  EXPECT_EQ(taken(StreamChoice::err), (std::array{false, true, false}));
  EXPECT_EQ(taken(StreamChoice::supd), (std::array{false, false, true}));
}

MemoryLog memory(const std::vector<std::pair<std::int64_t, std::string>>& lines) {
  std::vector<proto::LogRecord> records;
  for (const auto& [time_us, text] : lines) records.push_back({.unit = "u", .time_us = time_us, .text = text});
  return {records, Selection{}};
}

TEST(Merge, is_by_time_and_keeps_each_streams_order_where_the_clock_was_set_back) {
  MemoryLog a = memory({{10, "a1"}, {3, "a2"}, {12, "a3"}}), b = memory({{5, "b1"}, {10, "b2"}, {11, "b3"}});
  std::vector<RecordStream*> streams{&a, &b};
  Merge merge(streams);
  EXPECT_EQ(texts(merge), (Texts{"b1", "a1", "a2", "b2", "b3", "a3"}));
}

TEST(SeekTime, finds_a_place_before_the_time_and_near_it) {
  LogFolder folder;
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) folder.print(noon + i * second, std::to_string(i));
  auto file = open_current(folder.path());
  ASSERT_TRUE(file.has_value());
  auto size = static_cast<std::uint64_t>(file->is.st_size);
  for (int wanted : {0, 1, 777, 10'000, 19'999, 30'000}) {
    std::uint64_t at = seek_time(file->fd.borrow(), size, noon + wanted * second);
    Selection everything;
    UnitLog log(folder.about(), everything);
    ASSERT_TRUE(log.open().has_value());
    log.start_at({FileChain::live, at});
    proto::LogRecord record;
    ASSERT_TRUE(log.next(record));
    int found = std::stoi(record.text);
    EXPECT_LE(found, wanted);
    EXPECT_GT(found, std::min(wanted, 20'000) - 3000);
  }
}

TEST(GuessKind, a_files_first_line_tells) {
  LogFolder folder;
  EXPECT_EQ(guess_kind(folder.path()), FileKind::records);
  folder.print(noon, "x", true);
  EXPECT_EQ(guess_kind(folder.path()), FileKind::records);
  folder.rotate(noon);
  folder.write("anything\n");
  EXPECT_EQ(guess_kind(folder.path()), FileKind::raw);
}

}  // namespace
}  // namespace supd::ctl::logs::test
