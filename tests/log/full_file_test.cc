/// `log.on_full = "block"`: a unit that writes faster than its file takes it has to wait.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <thread>

#include "daemon/io/engine.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/unit_output.hpp"
#include "tests/log/fake_loop.hpp"
#include "tests/log/file_world.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

LogSpec patient_spec() {
  LogSpec spec;
  spec.memory = false;
  spec.on_full = OnFull::block;
  spec.rotation.max_size = 0;
  return spec;
}

struct Blocking : ::testing::Test {
  int attach(std::uint64_t run = 1) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    writer.reset(ends[1]);
    output.attach(RunId{run}, 4711, Stream::out, sys::UniqueFd(ends[0]));
    return ends[0];
  }
  std::string lines(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += std::string(99, 'x') + "\n";
    return out;
  }
  void complete_all() {
    for (int i = 0; i < 10; ++i) {
      loop.complete_all();
      loop.advance(FileSink::gather_time);
    }
  }
  /// Feeds a stream until the log wants no more of it, and lets the loop stop.
  int full() {
    int fd = attach();
    loop.feed(fd, lines(1000));
    for (int i = 0; i < 100 && !log.full(); ++i) loop.feed(fd, lines(64 * 1024));
    EXPECT_TRUE(log.full());
    loop.feed(fd, "what was on its way still comes\n");
    loop.end_canceled();
    EXPECT_EQ(loop.streams(), 0U);
    EXPECT_EQ(output.open_streams(), 1U);
    return fd;
  }

  ScratchDirectory directory;
  FakeLoop loop;
  RecordedEvents events;
  Hub hub{loop, events, {directory.path(), nullptr, FakeWall::read}};
  UnitLog log{hub, UnitId{1}, "web", patient_spec()};
  UnitOutput output{log};
  sys::UniqueFd writer;
};

TEST_F(Blocking, P4_P8_a_full_file_stops_the_reading_and_room_starts_it_again) {
  int fd = full();
  EXPECT_LE(hub.files().buffers.pending(), FileSink::full_bytes + 256 * 1024);
  complete_all();
  EXPECT_FALSE(log.full());
  ASSERT_EQ(loop.streams(), 1U);
  loop.feed(fd, "last\n");
  loop.end(fd);
  EXPECT_EQ(output.open_streams(), 0U);
  complete_all();
  EXPECT_EQ(log.stats().dropped.records, 0U);
}

TEST_F(Blocking, Room_before_the_loop_has_let_go_of_the_pipe_is_not_forgotten) {
  int fd = attach();
  loop.feed(fd, lines(1000));
  for (int i = 0; i < 100 && !log.full(); ++i) loop.feed(fd, lines(64 * 1024));
  complete_all();
  loop.end_canceled();
  EXPECT_EQ(loop.streams(), 1U) << "read on";
}

TEST_F(Blocking, P3_P5_a_pipe_that_is_not_read_ends_once_it_was) {
  full();
  ASSERT_EQ(::write(writer.get(), "last words\n", 11), 11);
  output.process_exited(RunId{1});
  output.tree_gone(RunId{1});
  loop.advance(10 * OutputStream::grace);
  EXPECT_EQ(output.open_streams(), 1U) << "its lines wait for room";
  std::string all = write_out(loop);
  EXPECT_EQ(loop.streams(), 1U) << "read on";
  loop.advance(OutputStream::gone_grace);
  loop.end_canceled();
  EXPECT_EQ(output.open_streams(), 0U) << "somebody else kept the pipe";
  all += write_out(loop);
  EXPECT_NE(all.find("last words"), std::string::npos);
  EXPECT_EQ(log.stats().dropped.records, 0U);
  loop.advance(2 * BufferPool::quiet_time);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(Blocking, L6_a_line_is_not_torn_while_its_pipe_is_not_read) {
  int fd = attach();
  for (int i = 0; i < 100 && !log.full(); ++i) loop.feed(fd, lines(64 * 1024));
  loop.feed(fd, "first half,");
  loop.end_canceled();
  loop.advance(2 * OutputStream::silence);
  std::string all = write_out(loop);
  loop.feed(fd, " second half\n");
  all += write_out(loop);
  EXPECT_NE(all.find("first half, second half\n"), std::string::npos);
  loop.feed(fd, "and now");
  loop.advance(OutputStream::silence);
  EXPECT_NE(write_out(loop).find("and now"), std::string::npos);
}

TEST_F(Blocking, S3_the_end_of_supd_does_not_wait_for_the_file) {
  full();
  output.cut_all();
  EXPECT_EQ(output.open_streams(), 1U) << "not from inside of the call";
  loop.advance(0s);
  EXPECT_EQ(output.open_streams(), 0U);
}

TEST_F(Blocking, Other_settings_let_it_go_on) {
  full();
  LogSpec spec = patient_spec();
  spec.on_full = OnFull::drop;
  log.reconfigure(spec);
  loop.advance(FileSink::hang_time);
  EXPECT_EQ(loop.streams(), 1U);
}

TEST_F(Blocking, P4_P6_without_block_a_disk_that_hangs_is_waited_for_only_for_a_moment) {
  LogSpec spec = patient_spec();
  spec.on_full = OnFull::drop;
  log.reconfigure(spec);
  int fd = full();
  loop.advance(FileSink::hang_time - 1ms);
  EXPECT_EQ(loop.streams(), 0U);
  loop.advance(1ms);
  ASSERT_EQ(loop.streams(), 1U);
  for (int i = 0; i < 400; ++i) loop.feed(fd, lines(64 * 1024));
  EXPECT_EQ(loop.streams(), 1U) << "and not once more";
  EXPECT_GT(log.stats().dropped.records, 0U);
  complete_all();
  for (int i = 0; i < 100 && !log.full(); ++i) loop.feed(fd, lines(64 * 1024));
  EXPECT_TRUE(log.full()) << "but again when it has moved";
}

TEST_F(Blocking, L12_without_block_a_busy_disk_costs_no_line) {
  LogSpec spec = patient_spec();
  spec.on_full = OnFull::drop;
  log.reconfigure(spec);
  full();
  loop.advance(FileSink::hang_time / 2);
  complete_all();
  EXPECT_EQ(loop.streams(), 1U);
  EXPECT_EQ(log.stats().dropped.records, 0U);
}

TEST_F(Blocking, L12_a_disk_that_is_slow_for_one_file_as_it_works_for_others_is_waited_for) {
  LogSpec spec = patient_spec();
  spec.on_full = OnFull::drop;
  log.reconfigure(spec);
  UnitLog other(hub, UnitId{2}, "other", spec);
  Framer framer = other.make_framer();
  full();
  for (int i = 0; i < 10; ++i) {
    loop.advance(FileSink::hang_time / 2);
    other.write(framer, Stream::out, std::as_bytes(std::span("a line\n", 7)), {});
    ASSERT_EQ(loop.streams(), 0U) << "the pipe is not read";
    loop.complete_last();
  }
  loop.advance(FileSink::hang_time);
  EXPECT_EQ(loop.streams(), 1U) << "nothing moves any more";
}

/// Many units that write to files of one loop.
struct Crowd : ::testing::TestWithParam<OnFull> {
  struct Unit {
    Unit(Hub& hub, std::uint32_t id, const LogSpec& spec) : log(hub, UnitId{id}, "u" + std::to_string(id), spec) {
      std::array<int, 2> ends{};
      EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
      writer.reset(ends[1]);
      fd = ends[0];
      output.attach(RunId{1}, 4711, Stream::out, sys::UniqueFd(fd));
    }
    int fd = -1;
    sys::UniqueFd writer;
    UnitLog log;
    UnitOutput output{log};
  };
  static constexpr std::size_t count = 400;

  void SetUp() override {
    LogSpec spec = patient_spec();
    spec.on_full = GetParam();
    for (std::uint32_t i = 0; i < count; ++i) units.push_back(std::make_unique<Unit>(hub, i, spec));
    while (block.size() < 64 * 1024) block += "short\n";
  }
  /// One read from each pipe that is read. How many were.
  std::size_t read_all() {
    std::size_t reads = 0;
    for (auto& unit : units) {
      if (!loop.reads(unit->fd)) continue;
      loop.feed(unit->fd, block);
      sent += block.size() / 6;
      ++reads;
    }
    loop.end_canceled();
    return reads;
  }
  std::uint64_t dropped() const {
    std::uint64_t all = 0;
    for (const auto& unit : units) all += unit->log.stats().dropped.records;
    return all;
  }

  ScratchDirectory directory;
  FakeLoop loop;
  RecordedEvents events;
  Hub hub{loop, events, {directory.path(), nullptr, FakeWall::read}};
  std::vector<std::unique_ptr<Unit>> units;
  std::string block;
  std::size_t sent = 0;
};

TEST_P(Crowd, L12_P8_so_many_that_all_together_have_no_room_wait_and_lose_nothing) {
  EXPECT_EQ(read_all(), count);
  for (int i = 0; i < 10; ++i) read_all();
  EXPECT_EQ(read_all(), 0U) << "all wait, whether a write of theirs is in flight or gathers";
  EXPECT_GT(hub.files().buffers.pending(), BufferPool::max_pending_bytes) << "or this shows nothing";
  std::size_t written = 0;
  for (int round = 0; round < 5; ++round) {
    std::string text = write_out(loop);
    written += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_EQ(hub.files().buffers.pending(), 0U);
    EXPECT_EQ(read_all(), count) << "all go on";
  }
  for (auto& unit : units) {
    unit->output.process_exited(RunId{1});
    unit->output.tree_gone(RunId{1});
  }
  loop.advance(2 * FileSink::gather_time);
  std::string text = write_out(loop);
  written += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(dropped(), 0U);
  EXPECT_EQ(written, sent + count) << "with a mark of the run in each";
}

INSTANTIATE_TEST_SUITE_P(OnFull, Crowd, ::testing::Values(OnFull::drop, OnFull::block),
                         [](const auto& on_full) { return on_full.param == OnFull::drop ? "drop" : "block"; });

TEST_F(Blocking, A_file_that_is_given_up_lets_it_go_on) {
  full();
  LogSpec spec = patient_spec();
  spec.file = false;
  log.reconfigure(spec);
  EXPECT_EQ(loop.streams(), 1U);
}

TEST_F(Blocking, L9_P4_on_a_full_disk_nothing_is_lost_while_the_unit_waits) {
  full();
  loop.complete(0, ENOSPC);
  EXPECT_EQ(events.failures.size(), 1U);
  EXPECT_EQ(log.stats().dropped.records, 0U);
  EXPECT_EQ(loop.streams(), 0U);
  loop.advance(FileSink::retry_time);
  complete_all();
  EXPECT_EQ(loop.streams(), 1U);
  EXPECT_EQ(log.stats().dropped.records, 0U);
}

struct BlockingOnEngine : ::testing::TestWithParam<io::Engine> {};

TEST_P(BlockingOnEngine, P4_the_unit_waits_for_whoever_reads_its_log_and_no_line_is_lost) {
  std::signal(SIGPIPE, SIG_IGN);
  auto made = io::make_loop(GetParam());
  if (!made) GTEST_SKIP() << "SKIP: this engine is not available here: " << made.error().text();
  io::Loop& loop = *made->loop;
  ScratchDirectory directory;
  RecordedEvents events;
  Hub hub(loop, events, {directory.path()});
  LogSpec spec = patient_spec();
  spec.path = directory.path("fifo");
  spec.format = LogFormat::raw;
  ASSERT_EQ(::mkfifo(spec.path.c_str(), 0600), 0);
  sys::UniqueFd reader(::open(spec.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  UnitLog log(hub, UnitId{1}, "web", spec);
  UnitOutput output(log);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  output.attach(RunId{1}, 4711, Stream::out, sys::UniqueFd(ends[0]));
  std::string sent;
  for (int i = 0; sent.size() < 8'000'000; ++i) sent += "line " + std::to_string(i) + "\n";
  std::thread child([&sent, fd = ends[1]] {
    for (std::size_t at = 0; at < sent.size();) {
      ssize_t count = ::write(fd, sent.data() + at, sent.size() - at);
      if (count <= 0) break;
      at += static_cast<std::size_t>(count);
    }
    ::close(fd);
  });
  Instant end = loop.now() + 60s;
  while (!log.full() && loop.now() < end) loop.turn(end);
  for (int i = 0; i < 10; ++i) loop.turn(loop.now() + 1ms);
  EXPECT_EQ(output.open_streams(), 1U);
  EXPECT_LT(hub.files().buffers.pending(), 8U * 1024 * 1024);
  std::string got;
  std::array<char, 65536> buffer;
  while (got.size() < sent.size() && loop.now() < end) {
    ssize_t count = ::read(reader.get(), buffer.data(), buffer.size());
    if (count > 0) got.append(buffer.data(), static_cast<std::size_t>(count));
    loop.turn(loop.now() + (count > 0 ? 0ms : 1ms));
  }
  child.join();
  EXPECT_TRUE(got == sent);
  EXPECT_EQ(log.stats().dropped.records, 0U);
}

INSTANTIATE_TEST_SUITE_P(Engines, BlockingOnEngine, ::testing::Values(io::Engine::uring, io::Engine::epoll),
                         [](const auto& engine) { return engine.param == io::Engine::uring ? "uring" : "epoll"; });

}  // namespace
}  // namespace supd::log
