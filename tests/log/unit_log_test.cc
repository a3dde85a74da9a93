#include "daemon/log/unit_log.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include "daemon/log/format/text_format.hpp"
#include "daemon/log/hub.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

class UnitLogTest : public ::testing::Test {
 protected:
  void write(std::string_view text, Stream stream = Stream::out) {
    log->write(stream == Stream::out ? out : err, stream, std::as_bytes(std::span(text)));
  }
  std::string written() { return write_out(loop); }

  ScratchDirectory directory;
  FakeLoop loop;
  RecordedEvents events;
  Hub hub{loop, events, {directory.path(), nullptr, FakeWall::read}};
  LogSpec spec;
  std::optional<UnitLog> log{std::in_place, hub, UnitId{3}, "web", spec};
  Framer out = log->make_framer(), err = log->make_framer();
};

TEST_F(UnitLogTest, Is_small_and_opens_nothing_before_the_first_line) {
  EXPECT_LE(sizeof(UnitLog), 256U);
  log->finish(out, Stream::out);
  EXPECT_FALSE(std::filesystem::exists(directory.path("web")));
  EXPECT_TRUE(loop.writes.empty());
}

TEST_F(UnitLogTest, L2_the_file_holds_both_streams_byte_for_byte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  write(bytes + bytes);
  write("\xff\xfe\n", Stream::err);
  write("tail", Stream::err);
  log->finish(out, Stream::out);
  log->finish(err, Stream::err);
  auto records = parse_log(written());
  EXPECT_EQ(rebuild(records, 'o'), bytes + bytes);
  EXPECT_EQ(rebuild(records, 'e'), "\xff\xfe\ntail");
  EXPECT_TRUE(std::filesystem::exists(directory.path("web/current")));
  EXPECT_TRUE(hub.idle());
}

TEST_F(UnitLogTest, L4_a_forged_record_stays_text) {
  write("2026-11-23T13:26:21.123456Z - all is well\nplain\n");
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].tag, "o");
  EXPECT_EQ(records[0].text, "2026-11-23T13:26:21.123456Z - all is well");
  auto tail = log->tail(2);
  EXPECT_FALSE(tail[0].note);
}

TEST_F(UnitLogTest, L2_a_raw_file_is_byte_identical) {
  spec.format = LogFormat::raw;
  log->reconfigure(spec);
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  bytes += std::string(200'000, 'x') + "\nlast";
  write(bytes);
  log->note("not in the file");
  log->finish(out, Stream::out);
  EXPECT_TRUE(written() == bytes);
  EXPECT_TRUE(log->tail(2).at(1).note || log->tail(2).at(0).note);
}

TEST_F(UnitLogTest, L5_a_raw_line_in_pieces_is_in_one_file) {
  spec.format = LogFormat::raw;
  spec.rotation.max_size = 1000;
  log->reconfigure(spec);
  write("short\n");
  EXPECT_EQ(written(), "short\n");
  write(std::string(100'000, 'y'));
  write(std::string(100'000, 'z') + "\nnext\n");
  loop.advance(0s);
  std::string all = written();
  EXPECT_EQ(all.size(), 200'006U);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path("web"))) files += entry.exists() ? 1 : 0;
  EXPECT_EQ(files, 3U);
}

TEST_F(UnitLogTest, A_json_file_has_the_run_and_supd_s_notes) {
  spec.format = LogFormat::json;
  log->reconfigure(spec);
  std::string_view text = "hello\n";
  log->write(out, Stream::out, std::as_bytes(std::span(text)), {RunId{7}, 812});
  log->note("a note");
  std::string all = written();
  EXPECT_NE(all.find(R"("unit":"web","run":7,"stream":"supd","text":"run 7, pid 812"})"), std::string::npos) << all;
  EXPECT_NE(all.find(R"("unit":"web","run":7,"stream":"stdout","text":"hello"})"), std::string::npos) << all;
  EXPECT_NE(all.find(R"("stream":"supd","text":"a note"})"), std::string::npos) << all;
}

TEST_F(UnitLogTest, P8_lines_above_the_rate_are_dropped_everywhere_counted_and_told_once) {
  spec.rate = 1000;
  spec.burst = 100;
  log->reconfigure(spec);
  log->follow();
  std::string line(49, 'x');
  for (int i = 0; i < 10; ++i) write(line + "\n");
  loop.advance(1s);
  write("after\n");
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[2].tag, "-");
  EXPECT_EQ(records[2].text, "8 lines, 400 bytes dropped: more than 1KB per second");
  EXPECT_EQ(records[3].text, "after");
  EXPECT_EQ(log->tail(100).size(), 4U);
  EXPECT_EQ(events.records.size(), 4U);
  EXPECT_EQ(log->stats().limited.records, 8U);
  EXPECT_EQ(log->stats().limited.bytes, 400U);
  EXPECT_EQ(log->stats().lines, 11U);
}

TEST_F(UnitLogTest, P8_what_was_dropped_last_is_told_at_the_end_of_the_stream) {
  spec.rate = 10;
  log->reconfigure(spec);
  write("0123456789\nlast words\n");
  log->finish(out, Stream::out);
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].text, "1 lines, 11 bytes dropped: more than 10B per second");
}

TEST_F(UnitLogTest, Notes_are_told_apart_everywhere) {
  log->follow();
  log->note("something about it");
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].tag, "-");
  EXPECT_TRUE(log->tail(1).at(0).note);
  EXPECT_TRUE(events.records.at(0).note);
  EXPECT_EQ(log->stats().lines, 0U);
}

TEST_F(UnitLogTest, Tail_and_followers_see_the_same_records) {
  write("before\n");
  log->follow();
  FakeWall::now_us = 5'000'000;
  write("one\n");
  write("two\n", Stream::err);
  log->unfollow();
  write("after\n");
  ASSERT_EQ(events.records.size(), 2U);
  EXPECT_EQ(events.records[0].text, "one");
  EXPECT_EQ(events.records[0].unit, "web");
  EXPECT_EQ(events.records[0].time_us, 5'000'000);
  EXPECT_TRUE(events.records[1].is_stderr);
  auto tail = log->tail(3);
  ASSERT_EQ(tail.size(), 3U);
  EXPECT_EQ(tail[0], events.records[0]);
  EXPECT_EQ(tail[1], events.records[1]);
  EXPECT_EQ(tail[2].text, "after");
}

TEST_F(UnitLogTest, C1_stamps_never_go_back_within_a_run) {
  FakeWall::now_us = 100'000'000;
  write("one\n");
  FakeWall::now_us = 50'000'000;
  write("two\n");
  FakeWall::now_us = 100'000'001;
  write("three\n");
  log->forget_last_stamp();
  FakeWall::now_us = 60'000'000;
  write("next run\n");
  auto tail = log->tail(4);
  EXPECT_EQ(tail[0].time_us, 100'000'000);
  EXPECT_EQ(tail[1].time_us, 100'000'000);
  EXPECT_EQ(tail[2].time_us, 100'000'001);
  EXPECT_EQ(tail[3].time_us, 60'000'000);
}

TEST_F(UnitLogTest, P4_everything_is_counted) {
  LogSpec small;
  small.max_line = 100;
  log.emplace(hub, UnitId{4}, "small", small);
  out = log->make_framer();
  write("one\n" + std::string(250, 'x') + "\ntail");
  log->finish(out, Stream::out);
  LogStats stats = log->stats();
  EXPECT_EQ(stats.lines, 3U);
  EXPECT_EQ(stats.bytes, 4U + 251 + 4);
  EXPECT_EQ(stats.truncated, 2U);
  EXPECT_EQ(stats.dropped.records, 0U);
  auto tail = log->tail(10);
  ASSERT_EQ(tail.size(), 5U);
  EXPECT_TRUE(tail[1].partial && tail[2].partial);
  EXPECT_FALSE(tail[3].partial);
}

TEST_F(UnitLogTest, Sinks_are_as_the_unit_says) {
  LogSpec none;
  none.file = none.memory = false;
  log.emplace(hub, UnitId{5}, "mute", none);
  out = log->make_framer();
  write("one\n");
  EXPECT_TRUE(loop.writes.empty());
  EXPECT_TRUE(log->tail(10).empty());
  EXPECT_EQ(log->stats().lines, 1U);
}

TEST_F(UnitLogTest, The_path_is_the_units_own_when_it_names_one) {
  LogSpec named;
  named.path = directory.path("elsewhere/web.log");
  log.emplace(hub, UnitId{6}, "web", named);
  out = log->make_framer();
  write("one\n");
  loop.run_jobs();
  EXPECT_TRUE(std::filesystem::exists(named.path));
}

TEST_F(UnitLogTest, Console_lines_carry_the_name) {
  Console console(loop, {sys::UniqueFd(::dup(1)), {}});
  Hub with_console(loop, events, {directory.path(), &console, FakeWall::read});
  LogSpec shown;
  shown.file = false;
  shown.console = true;
  log.emplace(with_console, UnitId{7}, "web", shown);
  out = log->make_framer();
  write("one\n");
  EXPECT_FALSE(with_console.idle());
  EXPECT_EQ(loop.complete_all(), "web | one\n");
  EXPECT_TRUE(with_console.idle());
  log.reset();
}

TEST_F(UnitLogTest, P5_what_a_removed_unit_wrote_still_reaches_its_file) {
  write("one\n");
  write("two\n");
  log.reset();
  EXPECT_FALSE(hub.idle());
  EXPECT_EQ(rebuild(parse_log(written()), 'o'), "one\ntwo\n");
  EXPECT_TRUE(hub.idle());
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(UnitLogTest, C2_another_path_is_followed_without_losing_what_waits) {
  write("one\n");
  spec.path = directory.path("elsewhere");
  log->reconfigure(spec);
  write("two\n");
  log->finish(out, Stream::out);
  std::string file = written();
  EXPECT_NE(file.find("one"), std::string::npos);
  EXPECT_NE(file.find("two"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(directory.path("elsewhere")));
  EXPECT_TRUE(hub.idle());
  EXPECT_EQ(log->tail(10).size(), 2U) << "memory stays";
}

TEST_F(UnitLogTest, C2_sinks_come_and_go_while_the_process_runs) {
  write("one\n");
  spec.file = false;
  spec.memory = false;
  log->reconfigure(spec);
  write("two\n");
  EXPECT_TRUE(log->tail(10).empty());
  spec.file = spec.memory = true;
  log->reconfigure(spec);
  write("three\n");
  log->finish(out, Stream::out);
  std::string file = written();
  EXPECT_NE(file.find("one"), std::string::npos);
  EXPECT_EQ(file.find("two"), std::string::npos);
  EXPECT_NE(file.find("three"), std::string::npos);
  ASSERT_EQ(log->tail(10).size(), 1U);
  EXPECT_EQ(log->stats().lines, 3U);
}

TEST_F(UnitLogTest, C2_max_line_holds_for_streams_that_open_from_then_on) {
  spec.max_line = 1024;
  log->reconfigure(spec);
  std::string line(3000, 'x');
  write(line + "\n");
  EXPECT_EQ(log->stats().truncated, 0U);
  out = log->make_framer();
  write(line + "\n");
  EXPECT_GT(log->stats().truncated, 0U);
}

TEST_F(UnitLogTest, P4_what_an_earlier_file_dropped_stays_counted) {
  spec.path = "/proc/no/such/place";
  log->reconfigure(spec);
  for (int i = 0; i < 3000; ++i) write("a line that finds no room in a file that can't be opened\n");
  written();
  for (int i = 0; i < 3000; ++i) write("a line that finds no room in a file that can't be opened\n");
  std::uint64_t dropped = log->stats().dropped.records;
  ASSERT_GT(dropped, 0U);
  spec.path.clear();
  log->reconfigure(spec);
  EXPECT_GE(log->stats().dropped.records, dropped);
}

TEST_F(UnitLogTest, C1_C2_local_time_is_taken_over_at_once_and_the_instant_never_goes_back) {
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  ::tzset();
  FakeWall::now_us = 1'792'889'999'000'000;  // the last second of summer time
  write("utc\n");
  spec.time = LogTime::local;
  log->reconfigure(spec);
  write("summer\n");
  FakeWall::now_us += 1'000'000;
  write("winter\n");
  FakeWall::now_us -= 500'000;
  write("set back\n");
  ::unsetenv("TZ");
  ::tzset();
  EXPECT_EQ(written(),
            "2026-10-25T00:59:59.000000Z o utc\n"
            "2026-10-25T02:59:59.000000+02:00 o summer\n"
            "2026-10-25T02:00:00.000000+01:00 o winter\n"
            "2026-10-25T02:00:00.000000+01:00 o set back\n");
  FakeWall::now_us = 0;
}

TEST_F(UnitLogTest, P8_lines_above_the_rate_of_lines_are_told) {
  spec.rate_lines = 3;
  log->reconfigure(spec);
  write("1\n2\n3\n4\n5\n");
  loop.advance(1s);
  write("6\n");
  auto records = parse_log(written());
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[3].text, "2 lines, 4 bytes dropped: more than 3 lines per second");
  EXPECT_EQ(records[4].text, "6");
}

TEST_F(UnitLogTest, P4_what_is_not_in_the_file_yet_is_told_with_its_age) {
  EXPECT_EQ(log->stats().lag.bytes, 0U);
  write("one\n");
  loop.advance(7ms);
  LogStats stats = log->stats();
  EXPECT_EQ(stats.lag.bytes, record_size({"one", LineEnd::newline}));
  EXPECT_EQ(stats.lag.age, 7ms);
  write("two\n");
  EXPECT_EQ(log->stats().lag.age, 7ms) << "of the oldest";
  loop.complete(0, ENOSPC);
  loop.advance(500ms);
  EXPECT_EQ(log->stats().lag.age, 507ms);
  EXPECT_EQ(log->stats().lag.bytes, 2 * record_size({"one", LineEnd::newline}));
  loop.advance(1s);
  written();
  EXPECT_EQ(log->stats().lag.bytes, 0U);
  EXPECT_EQ(log->stats().lag.age, 0s);
}

TEST_F(UnitLogTest, P4_what_the_console_did_not_take_is_counted_for_the_unit) {
  Console console(loop, {sys::UniqueFd(), {}});
  Hub with_console(loop, events, {directory.path(), &console, FakeWall::read});
  spec.file = false;
  spec.console = true;
  log.emplace(with_console, UnitId{7}, "web", spec);
  write("one\ntwo\n");
  EXPECT_EQ(log->stats().shared_dropped, (std::array<std::uint64_t, 3>{2, 0, 0}));
  EXPECT_EQ(log->stats().dropped.records, 0U);
  log.reset();
}

TEST_F(UnitLogTest, C2_the_prefix_on_the_console_comes_and_goes) {
  Console console(loop, {sys::UniqueFd(::dup(1)), {}});
  Hub with_console(loop, events, {directory.path(), &console, FakeWall::read});
  spec.file = false;
  spec.console = true;
  log.emplace(with_console, UnitId{7}, "web", spec);
  write("one\n");
  spec.console_prefix = false;
  log->reconfigure(spec);
  write("two\n");
  EXPECT_EQ(loop.complete_all(), "web | one\ntwo\n");
  log.reset();
}

}  // namespace
}  // namespace supd::log
