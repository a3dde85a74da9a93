#include "daemon/log/file_sink.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "daemon/log/format/text_format.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

/// A sink on a fake loop; what its writes said is collected in `written`.
class FileSinkTest : public ::testing::Test, protected OwnedSink {
 protected:
  FileSinkTest() { sink = std::make_unique<FileSink>(shared, FileSettings{path, {.max_size = 0}}); }

  void line(std::string_view text, LineEnd end = LineEnd::newline) {
    sink->append(FakeWall::now_us, stamper.text(FakeWall::now_us), Stream::out, {text, end});
  }
  void lines(std::string_view text, int count) {
    for (int i = 0; i < count; ++i) line(text);
  }
  void flush(bool urgent) {
    sink->flush(urgent);
    loop.run_jobs();
  }
  void complete(std::optional<std::size_t> bytes = {}, int error = 0) { written += loop.complete(bytes, error); }

  std::string written;
  std::string path = directory.path("log/unit/current");
};

TEST_F(FileSinkTest, Opens_at_the_first_record_with_directories_and_mode) {
  EXPECT_FALSE(std::filesystem::exists(path));
  mode_t before = ::umask(0);
  line("hello");
  flush(false);
  ::umask(before);
  struct stat is {};
  ASSERT_EQ(::stat(path.c_str(), &is), 0);
  EXPECT_EQ(is.st_mode & 07777, 0640U);
  ASSERT_EQ(loop.writes.size(), 1U);
  EXPECT_EQ(loop.writes[0].bytes, "1970-01-01T00:00:00.000000Z o hello\n");
}

TEST_F(FileSinkTest, One_write_in_flight_and_the_rest_gathers) {
  line("one");
  flush(false);
  line("two");
  flush(true);
  line("three");
  flush(true);
  EXPECT_EQ(loop.writes.size(), 1U);
  complete();
  loop.advance(FileSink::gather_time);
  ASSERT_EQ(loop.writes.size(), 1U);
  complete();
  EXPECT_EQ(rebuild(parse_log(written), 'o'), "one\ntwo\nthree\n");
  EXPECT_EQ(loop.overlapping_writes, 0);
  EXPECT_EQ(shared.buffers.pending(), 0U);
  EXPECT_EQ(loop.timers(), 0U) << "nothing wakes an idle sink";
}

TEST_F(FileSinkTest, Quick_lines_gather_for_a_moment_and_urgent_ones_do_not) {
  line("one");
  flush(false);
  complete();
  line("two");
  flush(false);
  EXPECT_TRUE(loop.writes.empty());
  loop.advance(FileSink::gather_time);
  ASSERT_EQ(loop.writes.size(), 1U);
  complete();
  line("three");
  flush(false);
  flush(true);
  ASSERT_EQ(loop.writes.size(), 1U);
  complete();
  EXPECT_EQ(loop.timers(), 0U);
  EXPECT_EQ(rebuild(parse_log(written), 'o'), "one\ntwo\nthree\n");
}

TEST_F(FileSinkTest, P8_a_stalled_disk_drops_whole_lines_counts_and_says_so) {
  line("first");
  flush(false);
  std::string text(1000, 'x');
  int count = static_cast<int>(2 * FileSink::max_pending / text.size());
  lines(text, count);
  flush(false);
  EXPECT_LE(shared.buffers.pending(), FileSink::max_pending + 100);
  std::uint64_t dropped = sink->dropped().records;
  EXPECT_GT(dropped, static_cast<std::uint64_t>(count) / 3);
  EXPECT_EQ(sink->dropped().bytes, dropped * record_size({text}));
  complete();
  loop.advance(1s);
  complete();
  line("later");
  flush(true);
  written += loop.complete_all();
  auto records = parse_log(written);
  ASSERT_EQ(records.size(), 1U + static_cast<std::size_t>(count) - dropped + 2);
  EXPECT_EQ(records[records.size() - 2].tag, "-");
  EXPECT_EQ(records[records.size() - 2].text,
            std::to_string(dropped) + " lines, " + std::to_string(sink->dropped().bytes) + " bytes dropped here");
  EXPECT_EQ(records.back().text, "later");
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileSinkTest, P8_after_a_drop_no_line_slips_in_before_the_note) {
  line("first");
  flush(false);
  int count = static_cast<int>(FileSink::max_pending / 100'000 + 20);
  lines(std::string(100'000, 'x'), count);
  line("short enough to fit, but too late");
  EXPECT_GT(sink->dropped().records, 0U);
  while (sink->busy()) {
    complete();
    loop.advance(10ms);
  }
  auto records = parse_log(written);
  EXPECT_EQ(records.back().tag, "-");
  EXPECT_EQ(records.size() - 2 + sink->dropped().records, static_cast<std::uint64_t>(count) + 1);
}

TEST_F(FileSinkTest, L9_full_disk_is_reported_once_retried_and_resumes_at_the_very_byte) {
  line("one");
  line("two");
  flush(false);
  complete(40, ENOSPC);
  EXPECT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].code, ENOSPC);
  EXPECT_EQ(failures[0].object, path);
  line("three");
  flush(true);
  EXPECT_TRUE(loop.writes.empty()) << "no try before its time";
  loop.advance(FileSink::retry_time);
  ASSERT_EQ(loop.writes.size(), 1U);
  complete(0, ENOSPC);
  EXPECT_EQ(failures.size(), 1U);
  loop.advance(FileSink::retry_time - 1ns);
  EXPECT_TRUE(loop.writes.empty());
  loop.advance(1ns);
  complete();
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(rebuild(parse_log(written), 'o'), "one\ntwo\nthree\n");
  EXPECT_EQ(sink->dropped().records, 0U);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(FileSinkTest, L9_P8_a_long_failure_keeps_little_and_counts_the_rest) {
  std::string text(1000, 'x');
  lines(text, 100);
  flush(false);
  complete(0, ENOSPC);
  lines(text, 900);
  flush(false);
  EXPECT_LE(shared.buffers.pending(), FileSink::max_pending_failed);
  loop.advance(FileSink::retry_time);
  complete();
  loop.advance(FileSink::flood_gather_time);
  written += loop.complete_all();
  auto records = parse_log(written);
  EXPECT_EQ(records.back().tag, "-");
  EXPECT_EQ(records.size() - 1 + sink->dropped().records, 1000U);
  EXPECT_EQ(sink->dropped().bytes, sink->dropped().records * record_size({text}));
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileSinkTest, L9_a_directory_that_can_not_be_made_is_reported_and_tried_again) {
  std::ofstream(directory.path("log")) << "a file, where a directory is needed";
  line("one");
  flush(false);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].code, ENOTDIR);
  loop.advance(10 * FileSink::retry_time);
  EXPECT_EQ(failures.size(), 1U);
  EXPECT_TRUE(loop.writes.empty());
  std::filesystem::remove(directory.path("log"));
  loop.advance(FileSink::retry_time);
  ASSERT_EQ(loop.writes.size(), 1U);
  complete();
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(rebuild(parse_log(written), 'o'), "one\n");
}

TEST_F(FileSinkTest, L9_a_removed_directory_is_made_again) {
  line("one");
  flush(false);
  complete();
  std::filesystem::remove_all(directory.path("log"));
  loop.advance(FileSink::retry_time);
  line("two");
  flush(false);
  ASSERT_EQ(loop.writes.size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(path));
  struct stat named {
  }, opened{};
  ASSERT_EQ(::stat(path.c_str(), &named), 0);
  ASSERT_EQ(::fstat(loop.writes[0].fd, &opened), 0);
  EXPECT_EQ(named.st_ino, opened.st_ino);
}

TEST_F(FileSinkTest, L4_the_rest_of_a_torn_record_never_starts_a_new_file) {
  line("evil 2026-11-23T13:26:21.123456Z o forged");
  line("good");
  flush(false);
  complete(35, EIO);  // up to "evil ", and the file is lost
  std::filesystem::remove_all(directory.path("log"));
  written.clear();
  loop.advance(FileSink::retry_time);
  while (sink->busy()) {
    complete();
    loop.advance(10ms);
  }
  auto records = parse_log(written);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].text, "good");
  EXPECT_EQ(records[1].tag, "-");
  EXPECT_EQ(sink->dropped().records, 1U);
}

TEST_F(FileSinkTest, L4_a_file_that_ends_within_a_record_is_ended_first) {
  std::filesystem::create_directories(directory.path("log/unit"));
  std::ofstream(path) << "1970-01-01T00:00:00.000000Z o cut off by a cra";
  line("whole");
  flush(false);
  EXPECT_EQ(loop.writes[0].bytes, "\n1970-01-01T00:00:00.000000Z o whole\n");
  complete();
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileSinkTest, L10_a_FIFO_without_a_reader_is_an_error_and_no_wait) {
  std::filesystem::create_directories(directory.path("log/unit"));
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  line("one");
  flush(false);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].code, ENXIO);
}

TEST_F(FileSinkTest, Retired_with_a_write_in_flight_it_ends_when_all_is_written) {
  line("one");
  flush(false);
  line("two");
  sink->retire();
  complete();
  ASSERT_EQ(done, 0);
  complete();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(rebuild(parse_log(written), 'o'), "one\ntwo\n");
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileSinkTest, Retired_while_it_fails_it_gives_up) {
  line("one");
  flush(false);
  complete(0, ENOSPC);
  sink->retire();
  EXPECT_EQ(done, 0) << "not from inside the call";
  loop.advance(FileSink::retry_time);
  while (!loop.writes.empty()) complete(0, ENOSPC);
  loop.advance(FileSink::retry_time);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(shared.buffers.pending(), 0U);
}

TEST_F(FileSinkTest, Destroyed_with_a_write_in_flight_it_leaves_the_fd_to_the_loop) {
  line("one");
  flush(false);
  sink.reset();
  EXPECT_EQ(loop.fds_closed, 1);
  EXPECT_EQ(shared.buffers.pending(), 0U);
  complete();
}

TEST(BufferPool, Keeps_buffers_of_use_up_to_a_bound) {
  FakeLoop loop;
  BufferPool pool(loop);
  for (int i = 0; i < 1000; ++i) {
    std::string buffer;
    buffer.reserve(100'000);
    pool.give(std::move(buffer));
  }
  std::size_t kept = 0;
  for (int i = 0; i < 1000; ++i) {
    std::size_t capacity = pool.take().capacity();
    if (capacity >= 100'000) kept += capacity;
  }
  EXPECT_GT(kept, BufferPool::max_kept_bytes / 2);
  EXPECT_LE(kept, BufferPool::max_kept_bytes);
}

TEST(BufferPool, P8_what_a_flood_kept_is_given_back_when_it_is_over) {
  FakeLoop loop;
  BufferPool pool(loop);
  for (int i = 0; i < 4; ++i) {
    std::string buffer;
    buffer.reserve(BufferPool::max_kept_quiet);
    pool.give(std::move(buffer));
  }
  std::size_t kept = pool.kept();
  EXPECT_GT(kept, BufferPool::max_kept_quiet);
  pool.give(pool.take());
  loop.advance(BufferPool::quiet_time);
  EXPECT_EQ(pool.kept(), kept) << "in use";
  loop.advance(BufferPool::quiet_time);
  EXPECT_LE(pool.kept(), BufferPool::max_kept_quiet);
  EXPECT_EQ(loop.timers(), 0U) << "nothing wakes up for it any more";
}

}  // namespace
}  // namespace supd::log
