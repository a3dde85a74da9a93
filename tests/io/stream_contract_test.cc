#include <fcntl.h>

#include <cerrno>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using StreamContract = LoopContract;

TEST_P(StreamContract, bytes_come_in_order_and_then_the_end) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  EXPECT_TRUE(static_cast<bool>(id));
  world().write(pipe.writer, "one ");
  ASSERT_TRUE(until([&] { return stream.bytes == "one "; }));
  world().write(pipe.writer, "two");
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.bytes, "one two");
  EXPECT_EQ(stream.end, StreamEnd::eof);
  EXPECT_EQ(stream.error, 0);
  EXPECT_EQ(stream.last_id, id);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

TEST_P(StreamContract, no_sink_is_called_from_inside_a_call) {
  Pipe pipe = world().pipe();
  world().write(pipe.writer, "ready");
  world().close(pipe.writer);
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  EXPECT_EQ(stream.pieces, 0);
  loop().cancel(id);
  EXPECT_EQ(stream.terminals, 0);
  ASSERT_TRUE(until([&] { return stream.done(); }));
}

TEST_P(StreamContract, cancel_ends_with_one_terminal_callback_in_a_later_turn) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  settle();
  loop().cancel(id);
  loop().cancel(id);
  EXPECT_EQ(stream.terminals, 0);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::canceled);
  EXPECT_EQ(stream.error, 0);
  settle();
  EXPECT_EQ(stream.terminals, 1);
}

TEST_P(StreamContract, ids_of_finished_ops_are_stale) {
  Pipe first = world().pipe();
  Recorder ended;
  const OpId id = loop().read_stream(first.reader.borrow(), Lane::stream, ended);
  world().close(first.writer);
  ended.on_terminal = [&] {
    loop().cancel(id);  // stale already inside the terminal callback
    loop().release(id);
  };
  ASSERT_TRUE(until([&] { return ended.done(); }));
  Pipe second = world().pipe();
  Recorder alive;
  const OpId other = loop().read_stream(second.reader.borrow(), Lane::stream, alive);
  EXPECT_NE(id, other);
  loop().cancel(id);
  loop().release(id);
  settle();
  EXPECT_EQ(alive.terminals, 0);
  world().write(second.writer, "still here");
  EXPECT_TRUE(until([&] { return alive.bytes == "still here"; }));
  EXPECT_EQ(ended.terminals, 1);
  loop().release(other);
}

TEST_P(StreamContract, bytes_that_were_not_delivered_before_a_cancel_stay_in_the_pipe) {
  Pipe pipe = world().pipe();
  Recorder first;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, first);
  settle();
  loop().cancel(id);
  world().write(pipe.writer, "abc");
  ASSERT_TRUE(until([&] { return first.done(); }));
  Recorder second;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, second);
  world().write(pipe.writer, "def");
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return second.done(); }));
  EXPECT_EQ(first.bytes + second.bytes, "abcdef");
}

TEST_P(StreamContract, release_closes_the_fd_when_the_kernel_lets_go_and_the_writer_gets_epipe) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  settle();
  loop().release(id, std::move(pipe.reader));
  settle();
  EXPECT_EQ(world().write(pipe.writer, "x"), -EPIPE);
  EXPECT_EQ(stream.terminals, 0);
  EXPECT_EQ(stream.pieces, 0);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

TEST_P(StreamContract, release_of_a_stale_id_closes_the_fd_at_once) {
  Pipe pipe = world().pipe();
  loop().release(OpId{}, std::move(pipe.reader));
  EXPECT_EQ(world().write(pipe.writer, "x"), -EPIPE);
}

TEST_P(StreamContract, release_inside_the_data_callback_ends_the_stream) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  stream.on_data = [&] { loop().release(id, std::move(pipe.reader)); };
  for (int i = 0; i < 20; ++i) world().write(pipe.writer, std::string(1000, 'x'));
  ASSERT_TRUE(until([&] { return stream.pieces > 0; }));
  settle();
  EXPECT_EQ(stream.pieces, 1);
  EXPECT_EQ(stream.terminals, 0);
  EXPECT_EQ(world().write(pipe.writer, "x"), -EPIPE);
}

TEST_P(StreamContract, cancel_inside_the_data_callback_still_ends_once) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  stream.on_data = [&] { loop().cancel(id); };
  world().write(pipe.writer, std::string(30000, 'x'));
  ASSERT_TRUE(until([&] { return stream.done(); }));
  settle();
  EXPECT_EQ(stream.terminals, 1);
  EXPECT_EQ(stream.end, StreamEnd::canceled);
}

TEST_P(StreamContract, the_fd_stays_open_while_another_op_uses_it) {
  Pipe pipe = world().pipe();
  Recorder stream;
  Recorder poll;
  const OpId reading = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  const OpId polling = loop().poll(pipe.reader.borrow(), 0, Lane::stream, poll);
  settle();
  loop().release(reading, std::move(pipe.reader));
  settle();
  EXPECT_EQ(world().write(pipe.writer, "x"), 1);
  loop().release(polling);
  settle();
  EXPECT_EQ(world().write(pipe.writer, "x"), -EPIPE);
}

TEST_P(StreamContract, an_end_waits_for_the_last_holder_of_the_write_end) {
  Pipe pipe = world().pipe();
  const int grandchild = world().duplicate(pipe.writer);
  Recorder stream;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  world().write(pipe.writer, "a");
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.bytes == "a"; }));
  settle();
  EXPECT_FALSE(stream.done());
  world().write(grandchild, "b");
  world().close(grandchild);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.bytes, "ab");
}

TEST_P(StreamContract, L14_a_closed_stream_ends_once_and_does_not_spin) {
  Pipe pipe = world().pipe();
  Recorder stream;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  const auto before = loop().stats().turns;
  settle(std::chrono::milliseconds(50));
  EXPECT_LE(loop().stats().turns - before, 4U);
  EXPECT_EQ(stream.terminals, 1);
}

TEST_P(StreamContract, P8_an_idle_stream_makes_no_turns) {
  Pipe pipe = world().pipe();
  Recorder stream;
  const OpId id = loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  settle();
  const auto before = loop().stats().turns;
  settle(std::chrono::milliseconds(100));
  EXPECT_LE(loop().stats().turns - before, 4U);
  loop().release(id);
}

TEST_P(StreamContract, megabytes_arrive_whole_and_in_order) {
  Pipe pipe = world().pipe();
  Recorder stream;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  std::string sent;
  for (unsigned i = 0; sent.size() < 2'000'000; ++i) sent += std::to_string(i) + "\n";
  std::size_t at = 0;
  ASSERT_TRUE(until([&] {
    if (at < sent.size()) {
      const ssize_t size = world().write(pipe.writer, std::string_view(sent).substr(at, 7777));
      if (size > 0) at += static_cast<std::size_t>(size);
      if (at == sent.size()) world().close(pipe.writer);
      if (at < sent.size() && size > 0) return false;
    }
    return stream.done();
  }));
  EXPECT_TRUE(stream.bytes == sent);
}

/// L15: more noisy streams than buffers. Every byte arrives, and none of the streams waits for the others to end.
TEST_P(StreamContract, L15_many_chatty_streams_share_a_small_pool_without_loss) {
  constexpr std::size_t streams = 200;
  constexpr int lines = 50;
  std::vector<Pipe> pipes;
  std::vector<std::unique_ptr<Recorder>> sinks;
  for (std::size_t i = 0; i < streams; ++i) {
    pipes.push_back(world().pipe());
    sinks.push_back(std::make_unique<Recorder>());
    loop().read_stream(pipes[i].reader.borrow(), Lane::stream, *sinks[i]);
  }
  for (int line = 0; line < lines; ++line) {
    const std::string text = std::to_string(line) + std::string(300, '.') + "\n";
    for (Pipe& pipe : pipes) ASSERT_EQ(world().write(pipe.writer, text), static_cast<ssize_t>(text.size()));
    loop().turn(world().clock());
  }
  for (Pipe& pipe : pipes) world().close(pipe.writer);
  ASSERT_TRUE(
      until([&] { return std::all_of(sinks.begin(), sinks.end(), [](const auto& sink) { return sink->done(); }); }));
  std::string expected;
  for (int line = 0; line < lines; ++line) expected += std::to_string(line) + std::string(300, '.') + "\n";
  for (const auto& sink : sinks) EXPECT_TRUE(sink->bytes == expected);
}

TEST_P(StreamContract, L15_a_flooding_stream_does_not_starve_a_quiet_one) {
  Pipe noisy = world().pipe();
  Pipe quiet = world().pipe();
  Recorder flood;
  Recorder whisper;
  const OpId a = loop().read_stream(noisy.reader.borrow(), Lane::stream, flood);
  const OpId b = loop().read_stream(quiet.reader.borrow(), Lane::stream, whisper);
  const std::string block(65536, 'x');
  int rounds_waited = 0;
  for (int round = 0; round < 100; ++round) {
    const std::size_t heard = whisper.bytes.size();
    world().write(quiet.writer, "y");
    for (rounds_waited = 0; whisper.bytes.size() == heard && rounds_waited < 1000; ++rounds_waited) {
      while (world().write(noisy.writer, block) > 0) {
      }
      loop().turn(world().clock());
    }
    // Two turns where buffers are plenty; with a pool of two it may take its place in the queue.
    ASSERT_LT(rounds_waited, 200);
  }
  loop().release(a);
  loop().release(b);
}

TEST_P(StreamContract, a_bad_fd_fails_with_its_error) {
  Recorder stream;
  loop().read_stream(sys::BorrowedFd(-1), Lane::stream, stream);
  EXPECT_EQ(stream.terminals, 0);
  ASSERT_TRUE(until([&] { return stream.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::failed);
  EXPECT_EQ(stream.error, EBADF);
}

SUPD_IN_ALL_WORLDS(StreamContract);

}  // namespace
}  // namespace supd::io::test
