/// FileSink while something is in flight, which may be for long: a disk may hang.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "daemon/log/file_sink.hpp"
#include "daemon/log/format/text_format.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

std::int64_t start_us = 0;

struct FileStates : ::testing::Test, OwnedSink {
  FileStates() {
    FakeWall::now_us = start_us = wall_clock_us();
    sink = make();
  }
  ~FileStates() override {
    sink.reset();
    FakeWall::now_us = 0;
  }

  std::unique_ptr<FileSink> make(RotationSpec rules = {.max_size = 0}, OnFull on_full = OnFull::drop) {
    return std::make_unique<FileSink>(shared, FileSettings{path, rules, LogFormat::text, on_full});
  }
  void line(std::string_view text) { line(*sink, text); }
  void line(FileSink& to, std::string_view text) {
    to.append(FakeWall::now_us, stamper.text(FakeWall::now_us), Stream::out, {text, LineEnd::newline});
    to.flush(true);
  }
  /// As UnitLog does with what a stream brings.
  void lines(FileSink& to, std::string_view block) {
    std::string_view stamp = stamper.text(FakeWall::now_us);
    if (to.append_lines(FakeWall::now_us, stamp, Stream::out, block)) return;
    each_line(block, [&](std::string_view text) {
      to.append(FakeWall::now_us, stamp, Stream::out, {text, LineEnd::newline});
    });
  }
  /// Carries out all that is asked for.
  void run() {
    loop.hold_jobs = false;
    carry_out_writes(loop);
  }
  std::string text(const std::string& file) { return rebuild(parse_log(read_file(file)), 'o'); }
  std::vector<std::string> closed() { return closed_logs(folder); }

  std::string folder = directory.path("log/unit"), path = folder + "/current";
};

TEST_F(FileStates, P6_nothing_calls_the_file_system_but_jobs) {
  loop.hold_jobs = true;
  line("one");
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_EQ(loop.jobs.size(), 1U);
  loop.run_job();
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(loop.writes.size(), 1U);
}

TEST_F(FileStates, One_thing_is_in_flight_whatever_is_wanted_meanwhile) {
  loop.hold_jobs = true;
  line("one");
  sink->reopen();
  line("two");
  sink->configure({path, {.max_size = 10}});
  loop.advance(10 * FileSink::retry_time);
  EXPECT_EQ(loop.jobs.size(), 1U);
  EXPECT_TRUE(loop.writes.empty());
  run();
  sink->reopen();
  run();
  std::string all;
  for (const std::string& file : closed()) all += text(file);
  EXPECT_EQ(all + text(path), "one\ntwo\n");
  EXPECT_EQ(loop.overlapping_writes, 0);
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileStates, P8_an_open_that_hangs_has_the_bound_of_a_slow_write_and_is_told_once) {
  loop.hold_jobs = true;
  line("first");
  loop.advance(2 * FileSink::hang_time);
  std::string text(100'000, 'x');
  std::size_t count = 2 * FileSink::max_pending / text.size();
  for (std::size_t i = 0; i < count; ++i) line(text);
  EXPECT_LE(shared.buffers.pending(), FileSink::max_pending);
  EXPECT_GT(sink->dropped().records, count / 3);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_NE(failures[0].text().find("hangs"), std::string::npos);
  run();
  EXPECT_EQ(resumed, 1);
  loop.advance(FileSink::flood_gather_time);
  run();
  auto records = parse_log(read_file(path));
  EXPECT_EQ(records.back().tag, "-") << "says how many";
  EXPECT_EQ(records.size() - 1 + sink->dropped().records, count + 1);
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileStates, P4_a_mark_is_written_when_all_before_it_is) {
  line("one");
  const std::uint64_t first = sink->mark();
  ASSERT_EQ(loop.writes.size(), 1U);
  EXPECT_FALSE(sink->has_written(first)) << "in flight";
  line("two");
  const std::uint64_t second = sink->mark();
  sink->flush(true);
  loop.complete();
  EXPECT_TRUE(sink->has_written(first));
  EXPECT_FALSE(sink->has_written(second));
  loop.advance(FileSink::gather_time);
  ASSERT_EQ(loop.writes.size(), 1U);
  loop.complete(0, ENOSPC);
  EXPECT_TRUE(sink->has_written(second)) << "nobody waits for a file that can't be written";
}

TEST_F(FileStates, P6_P8_files_that_hang_leave_half_of_the_room_to_the_others) {
  loop.hold_jobs = true;
  std::vector<std::unique_ptr<FileSink>> hung;
  std::string text(1'000'000, 'x');
  for (int i = 0; i < 10; ++i) {
    hung.push_back(std::make_unique<FileSink>(shared, FileSettings{path + std::to_string(i), {.max_size = 0}}));
    line(*hung.back(), "first");
  }
  loop.advance(2 * FileSink::hang_time);
  for (auto& each : hung) {
    for (int i = 0; i < 20; ++i) line(*each, text);
  }
  EXPECT_LE(shared.buffers.pending(), BufferPool::max_pending_bytes / 2);
  line("well");
  EXPECT_EQ(sink->dropped().records, 0U);
  hung.clear();
}

TEST_F(FileStates, P6_P8_so_they_do_when_many_lines_come_at_once) {
  loop.hold_jobs = true;
  std::vector<std::unique_ptr<FileSink>> hung;
  std::string block;
  while (block.size() < 64 * 1024) block += std::string(1000, 'x') + "\n";
  for (int i = 0; i < 10; ++i) {
    hung.push_back(std::make_unique<FileSink>(shared, FileSettings{path + std::to_string(i), {.max_size = 0}}));
    line(*hung.back(), "first");
  }
  loop.advance(2 * FileSink::hang_time);
  for (auto& each : hung) {
    for (int i = 0; i < 200; ++i) lines(*each, block);
  }
  EXPECT_LE(shared.buffers.pending(), BufferPool::max_pending_bytes / 2);
  line("well");
  EXPECT_EQ(sink->dropped().records, 0U);
  hung.clear();
}

TEST_F(FileStates, P4_with_on_full_block_the_unit_waits_while_an_open_hangs) {
  sink = make({.max_size = 0}, OnFull::block);
  loop.hold_jobs = true;
  for (int i = 0; i < 20 && !sink->full(); ++i) line(std::string(100'000, 'x'));
  EXPECT_TRUE(sink->full());
  run();
  EXPECT_FALSE(sink->full());
  EXPECT_EQ(sink->dropped().records, 0U);
}

TEST_F(FileStates, A_sink_may_go_while_its_file_is_being_opened) {
  loop.hold_jobs = true;
  line("one");
  sink.reset();
  EXPECT_EQ(shared.buffers.pending(), 0U);
  loop.hold_jobs = false;
  loop.run_jobs();
  EXPECT_TRUE(loop.writes.empty());
}

TEST_F(FileStates, A_sink_that_goes_closes_its_file_in_a_job) {
  line("one");
  run();
  loop.hold_jobs = true;
  sink.reset();
  EXPECT_EQ(loop.jobs.size(), 1U);
}

TEST_F(FileStates, Retired_while_an_open_hangs_it_writes_and_closes_when_that_is_over) {
  loop.hold_jobs = true;
  line("one");
  sink->retire();
  loop.advance(1min);
  EXPECT_EQ(done, 0);
  run();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(text(path), "one\n");
  EXPECT_EQ(shared.buffers.pending(), 0U);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(FileStates, Retired_with_nothing_to_write_it_closes_its_file_and_is_done) {
  line("one");
  run();
  sink->retire();
  EXPECT_EQ(done, 0) << "not from inside the call";
  run();
  EXPECT_EQ(done, 1);
}

TEST_F(FileStates, Retired_before_its_first_line_it_is_done_in_a_later_turn) {
  sink->retire();
  EXPECT_EQ(done, 0);
  loop.advance(0s);
  EXPECT_EQ(done, 1);
}

TEST_F(FileStates, L13_reopen_during_a_write_comes_after_it) {
  line("one");
  loop.run_jobs();
  ASSERT_EQ(loop.writes.size(), 1U);
  std::filesystem::rename(path, folder + "/away");
  sink->reopen();
  line("two");
  run();
  EXPECT_EQ(text(folder + "/away"), "one\n");
  EXPECT_EQ(text(path), "two\n");
}

TEST_F(FileStates, L13_reopen_of_a_deleted_file_makes_it_at_the_next_line) {
  line("one");
  run();
  std::filesystem::remove(path);
  sink->reopen();
  run();
  line("two");
  run();
  EXPECT_EQ(text(path), "two\n");
}

TEST_F(FileStates, L13_after_copytruncate_it_goes_on_at_the_new_end_and_the_size_is_known) {
  sink = make({.max_size = 200, .keep = 0});
  for (const char* each : {"one", "two", "three"}) line(each);
  run();
  std::filesystem::copy_file(path, folder + "/copy");
  std::filesystem::resize_file(path, 0);
  loop.advance(FileSink::retry_time);
  for (const char* each : {"four", "five", "six"}) line(each);
  run();
  EXPECT_EQ(text(folder + "/copy"), "one\ntwo\nthree\n");
  EXPECT_EQ(text(path), "four\nfive\nsix\n");
  EXPECT_TRUE(closed().empty()) << "it is not full";
}

TEST_F(FileStates, L12_two_units_on_one_file_lose_nothing_when_either_rotates) {
  RotationSpec rules{.max_size = 400, .keep = 0};
  sink = make(rules);
  auto other = make(rules);
  std::string expected;
  for (int i = 0; i < 60; ++i) {
    std::string number = std::to_string(i);
    line(i % 2 == 0 ? *sink : *other, number);
    run();
    expected += number + "\n";
    if (i % 7 == 0) loop.advance(FileSink::retry_time / 3);
  }
  std::vector<int> seen;
  auto files = closed();
  files.push_back(path);
  EXPECT_GE(files.size(), 3U);
  for (const std::string& file : files) {
    for (const Parsed& record : parse_log(read_file(file))) seen.push_back(std::stoi(record.text));
  }
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), 60U);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
  EXPECT_TRUE(failures.empty()) << failures.front().text();
  other.reset();
}

TEST_F(FileStates, What_got_too_old_goes_when_it_is_time_and_nothing_wakes_before) {
  sink = make({.max_size = 40, .keep = 0, .keep_age = 3h});
  for (const char* each : {"one", "two", "three"}) line(each);
  run();
  std::size_t count = closed().size();
  ASSERT_GE(count, 1U);
  EXPECT_EQ(loop.timers(), 1U) << "one for all";
  int jobs = loop.jobs_run;
  loop.advance(2h);
  EXPECT_EQ(loop.jobs_run, jobs) << "nothing is due";
  FakeWall::now_us = start_us + std::int64_t{4} * 3'600'000'000;
  loop.advance(2h);
  EXPECT_EQ(closed().size(), 0U);
  EXPECT_EQ(loop.timers(), 0U) << "nothing is left to get old";
}

}  // namespace
}  // namespace supd::log
