/// What only real files do: terminals, sockets whose O_NONBLOCK somebody else changes, regular files as
/// streams, engines under a tiny memory or ring budget.

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <termios.h>

#include <array>
#include <cerrno>

#include "daemon/io/clock.hpp"
#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

class RealFds : public LoopContract {
 protected:
  void SetUp() override {
    LoopContract::SetUp();
    if (!IsSkipped() && !real()) GTEST_SKIP() << "needs real files";
  }
};

struct Pair {
  sys::UniqueFd ours;
  sys::UniqueFd theirs;
};

Pair socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

/// `ours` is the master side, raw, so that bytes are bytes.
Pair terminal() {
  std::array<int, 2> ends{};
  termios raw{};
  ::cfmakeraw(&raw);
  EXPECT_EQ(::openpty(&ends[0], &ends[1], nullptr, &raw, nullptr), 0);
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

void set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  ASSERT_EQ(::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK), 0);
}

void write_all(int fd, std::string_view bytes) {
  ASSERT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

TEST_P(RealFds, L17_nothing_depends_on_O_NONBLOCK_of_a_shared_socket) {
  Pair pair = socket_pair();
  Recorder stream;
  loop().read_stream(pair.ours.borrow(), Lane::stream, stream);
  std::string expected;
  for (int round = 0; round < 6; ++round) {
    set_blocking(pair.ours.get(), round % 2 == 0);
    settle(std::chrono::milliseconds(5));  // would hang here, were there a blocking read
    write_all(pair.theirs.get(), "line\n");
    expected += "line\n";
    ASSERT_TRUE(until([&] { return stream.bytes == expected; }));
  }
  pair.theirs.reset();
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::eof);
}

TEST_P(RealFds, L17_nothing_depends_on_O_NONBLOCK_of_a_shared_pipe_end) {
  Pipe pipe = world().pipe();
  Recorder stream;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  for (int round = 0; round < 6; ++round) {
    set_blocking(pipe.reader.get(), round % 2 == 0);
    set_blocking(pipe.writer, round % 2 != 0);
    settle(std::chrono::milliseconds(5));
    const std::size_t before = stream.bytes.size();
    world().write(pipe.writer, "x");
    ASSERT_TRUE(until([&] { return stream.bytes.size() == before + 1; }));
  }
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.done(); }));
}

TEST_P(RealFds, L17_a_terminal_is_read_whether_it_blocks_or_not) {
  for (const bool blocking : {false, true}) {
    Pair tty = terminal();
    set_blocking(tty.ours.get(), blocking);
    Recorder stream;
    const OpId id = loop().read_stream(tty.ours.borrow(), Lane::stream, stream);
    settle(std::chrono::milliseconds(5));
    write_all(tty.theirs.get(), "one\n");
    ASSERT_TRUE(until([&] { return stream.bytes == "one\n"; })) << "blocking: " << blocking;
    write_all(tty.theirs.get(), "two\n");
    ASSERT_TRUE(until([&] { return stream.bytes == "one\ntwo\n"; }));
    settle(std::chrono::milliseconds(5));
    loop().release(id, std::move(tty.ours));
    settle(std::chrono::milliseconds(5));
    EXPECT_EQ(loop().stats().ops_in_flight, 0U) << "blocking: " << blocking;
  }
}

TEST_P(RealFds, a_terminal_whose_other_side_is_gone_says_EIO) {
  Pair tty = terminal();
  set_blocking(tty.ours.get(), false);
  Recorder stream;
  loop().read_stream(tty.ours.borrow(), Lane::stream, stream);
  write_all(tty.theirs.get(), "bye\n");
  tty.theirs.reset();
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.bytes, "bye\n");
  EXPECT_EQ(stream.end, StreamEnd::failed);
  EXPECT_EQ(stream.error, EIO);
}

TEST_P(RealFds, a_regular_file_is_read_to_its_end) {
  const sys::UniqueFd file = world().file();
  std::string text(200'000, 'f');
  ASSERT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  Recorder stream;
  loop().read_stream(file.borrow(), Lane::stream, stream);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::eof);
  EXPECT_TRUE(stream.bytes == text);
}

TEST_P(RealFds, dev_null_ends_at_once) {
  const sys::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  Recorder stream;
  loop().read_stream(null.borrow(), Lane::stream, stream);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::eof);
  Recorder write;
  loop().write_file(null.borrow(), "gone", write);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, 0);
}

TEST_P(RealFds, L10_a_terminal_is_written_to) {
  for (const bool blocking : {false, true}) {
    Pair tty = terminal();
    set_blocking(tty.theirs.get(), blocking);
    Recorder write;
    loop().write_file(tty.theirs.borrow(), "hello\n", write);
    ASSERT_TRUE(until([&] { return write.done(); }));
    EXPECT_EQ(write.error, 0);
    std::array<char, 16> got{};
    EXPECT_EQ(::read(tty.ours.get(), got.data(), got.size()), 6);
  }
}

TEST_P(RealFds, L11_a_stalled_terminal_does_not_stop_the_loop) {
  Pair tty = terminal();
  set_blocking(tty.theirs.get(), false);
  Recorder write;
  const OpId id = loop().write_file(tty.theirs.borrow(), std::string(100'000, 't'), write);
  settle();
  EXPECT_EQ(write.terminals, 0);
  loop().cancel(id);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, ECANCELED);
}

TEST_P(RealFds, P6_a_write_that_hangs_holds_up_neither_the_loop_nor_its_end) {
  // A blocking terminal that nobody reads stands for a disk that hangs.
  Pair tty = terminal();
  set_blocking(tty.theirs.get(), true);
  static Recorder write;
  write.terminals = 0;
  const OpId id = loop().write_file(tty.theirs.borrow(), std::string(100'000, 't'), write);
  settle(std::chrono::milliseconds(50));
  Pipe pipe = world().pipe();
  Recorder stream;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  world().write(pipe.writer, "alive");
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.bytes, "alive");
  EXPECT_EQ(write.terminals, 0);
  loop().release(id);
  const Instant before = world().clock();
  destroy_world();
  EXPECT_LT(monotonic_now() - before, Duration{10s});
  EXPECT_EQ(write.terminals, 0);
}

TEST_P(RealFds, L10_writing_to_a_pipe_without_reader_is_EPIPE) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
  ::close(ends[0]);
  const sys::UniqueFd writer(ends[1]);
  Recorder write;
  loop().write_file(writer.borrow(), "x", write);
  ASSERT_TRUE(until([&] { return write.done(); }));
  EXPECT_EQ(write.error, EPIPE);
}

TEST_P(RealFds, a_write_end_that_blocks_is_written_in_full) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const sys::UniqueFd reader(ends[0]);
  const sys::UniqueFd writer(ends[1]);
  set_blocking(reader.get(), false);
  Recorder write;
  const std::string text(200'000, 'b');
  loop().write_file(writer.borrow(), text, write);
  std::string got;
  std::array<char, 65536> piece{};
  const Instant end = world().clock() + std::chrono::seconds(20);
  while (!(write.done() && got.size() == text.size()) && world().clock() < end) {
    // The loop turns, whatever the write does; a pipe that fills up again is no event of the loop.
    loop().turn(world().clock() + std::chrono::milliseconds(1));
    for (ssize_t size = 0; (size = ::read(reader.get(), piece.data(), piece.size())) > 0;) {
      got.append(piece.data(), static_cast<std::size_t>(size));
    }
  }
  ASSERT_TRUE(write.done());
  EXPECT_EQ(got.size(), text.size());
  EXPECT_EQ(write.error, 0);
}

TEST_P(RealFds, an_op_outlives_the_process_that_shares_its_socket) {
  // The read end is shared with a child that goes on holding it: no event of the old op may come back.
  Pair pair = socket_pair();
  const sys::UniqueFd shared(::dup(pair.ours.get()));
  Recorder stream;
  const OpId id = loop().read_stream(pair.ours.borrow(), Lane::stream, stream);
  settle(std::chrono::milliseconds(5));
  loop().release(id, std::move(pair.ours));
  settle(std::chrono::milliseconds(5));
  write_all(pair.theirs.get(), "for the child");
  const auto before = loop().stats().turns;
  settle(std::chrono::milliseconds(30));
  EXPECT_LE(loop().stats().turns - before, 4U);
  EXPECT_EQ(stream.pieces, 0);
  std::array<char, 32> got{};
  EXPECT_EQ(::read(shared.get(), got.data(), got.size()), 13);
}

SUPD_IN_ALL_WORLDS(RealFds);

}  // namespace
}  // namespace supd::io::test
