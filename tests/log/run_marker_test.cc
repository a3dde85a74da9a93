#include "daemon/log/format/run_marker.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "daemon/log/unit_log.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

std::string marker(std::uint64_t run, pid_t pid) {
  std::string out;
  append_run_marker(out, RunId{run}, pid);
  return out;
}

TEST(RunMarker, Is_read_back) {
  EXPECT_EQ(marker(3, 812), "run 3, pid 812");
  for (std::uint64_t run : {std::uint64_t{1}, UINT64_MAX}) {
    EXPECT_EQ(parse_run_marker(marker(run, 2147483647)), (RunMark{RunId{run}, 2147483647}));
  }
}

TEST(RunMarker, Nothing_else_is_one) {
  for (const char* other : {"", "run", "run ", "run 3", "run 3, pid ", "run 3, pid 8 ", " run 3, pid 8",
                            "run 3, pid -8", "run +3, pid 8", "run 03, pid 8", "run 3, pid 2147483648", "run 3, pid 08",
                            "run 18446744073709551616, pid 8", "run 3,pid 8", "Run 3, pid 8", "run 3, pid 8, more"}) {
    EXPECT_FALSE(parse_run_marker(other).has_value()) << other;
  }
}

struct MarkedLog : ::testing::Test {
  void write(std::string_view text, std::uint64_t run) {
    log->write(out, Stream::out, std::as_bytes(std::span(text)), {RunId{run}, 800 + static_cast<pid_t>(run)});
  }
  void make(LogFormat format) {
    LogSpec spec;
    spec.format = format;
    log.emplace(hub, UnitId{1}, "web", spec);
  }
  std::string written() { return write_out(loop); }

  ScratchDirectory directory;
  FakeLoop loop;
  RecordedEvents events;
  Hub hub{loop, events, {directory.path(), nullptr, FakeWall::read}};
  std::optional<UnitLog> log{std::in_place, hub, UnitId{1}, "web", LogSpec()};
  Framer out = log->make_framer();
};

TEST_F(MarkedLog, In_memory_and_for_followers_each_record_has_its_run) {
  LogSpec spec;
  spec.file = false;
  log.emplace(hub, UnitId{1}, "web", spec);
  log->note("before any run");
  log->follow();
  write("one\n", 1);
  log->note("said of run 1");
  write("two\n", 2);
  log->unfollow();
  write("three\n", 2);  // many lines at once go another way
  std::vector<std::uint64_t> runs, followed;
  for (const proto::LogRecord& record : log->tail(SIZE_MAX)) runs.push_back(record.run);
  EXPECT_EQ(runs, (std::vector<std::uint64_t>{0, 1, 1, 1, 2, 2, 2})) << "each first record has a marker before it";
  for (const proto::LogRecord& record : events.records) followed.push_back(record.run);
  EXPECT_EQ(followed, (std::vector<std::uint64_t>{1, 1, 1, 2, 2}));
}

TEST_F(MarkedLog, Stands_before_the_first_record_and_wherever_the_run_is_another) {
  log->follow();
  write("a\nb\n", 1);
  write("c\n", 2);
  write("d\n", 1);
  log->note("a note is of no run");
  write("e\n", 1);
  std::vector<std::string> texts,
      expected{"run 1, pid 801", "a", "b", "run 2, pid 802", "c", "run 1, pid 801", "d", "a note is of no run", "e"};
  for (const Parsed& record : parse_log(written())) texts.push_back(record.text);
  EXPECT_EQ(texts, expected);
  std::vector<std::string> kept, followed;
  for (const auto& record : log->tail(100)) {
    kept.push_back(record.text);
    EXPECT_EQ(record.note, parse_run_marker(record.text).has_value() || record.text == "a note is of no run");
  }
  for (const auto& record : events.records) followed.push_back(record.text);
  EXPECT_EQ(kept, expected);
  EXPECT_EQ(followed, expected);
  EXPECT_EQ(log->stats().lines, 5U);
}

TEST_F(MarkedLog, L4_what_a_child_prints_is_none) {
  write("run 9, pid 9\n", 1);
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].tag, "-");
  EXPECT_EQ(records[1].tag, "o");
}

TEST_F(MarkedLog, L2_a_raw_file_has_none) {
  make(LogFormat::raw);
  write("a\n", 1);
  write("b\n", 2);
  EXPECT_EQ(written(), "a\nb\n");
  EXPECT_EQ(log->tail(10).size(), 4U) << "memory has";
}

TEST_F(MarkedLog, As_json_it_has_its_run) {
  make(LogFormat::json);
  write("a\n", 3);
  EXPECT_EQ(written(),
            R"({"time":"1970-01-01T00:00:00.000000Z","unit":"web","run":3,"stream":"supd","text":"run 3, pid 803"}
{"time":"1970-01-01T00:00:00.000000Z","unit":"web","run":3,"stream":"stdout","text":"a"}
)");
}

TEST_F(MarkedLog, Another_file_of_the_unit_begins_with_one) {
  write("a\n", 1);
  EXPECT_EQ(parse_log(written()).size(), 2U);
  LogSpec spec;
  spec.path = directory.path("elsewhere");
  log->reconfigure(spec);
  write("b\n", 1);
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].text, "run 1, pid 801");
}

TEST_F(MarkedLog, P4_where_it_was_dropped_with_its_file_s_records_it_comes_again) {
  LogSpec spec;
  spec.path = directory.path();  // a directory: can't be opened
  log->reconfigure(spec);
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "a line that finds no room\n";
  write("first\n", 1);
  loop.run_jobs();
  for (std::uint64_t run = 2; run < 6; ++run) write(lines, run);
  EXPECT_GT(log->stats().dropped.records, 0U);
  spec.path.clear();
  log->reconfigure(spec);
  write("after\n", 5);
  EXPECT_EQ(parse_log(written()).at(0).text, "run 5, pid 805");
}

}  // namespace
}  // namespace supd::log
