#include <poll.h>

#include <cerrno>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using PollContract = LoopContract;

TEST_P(PollContract, tells_what_is_ready_once) {
  Pipe pipe = world().pipe();
  Recorder poll;
  const OpId id = loop().poll(pipe.reader.borrow(), POLLIN, Lane::control, poll);
  settle();
  EXPECT_EQ(poll.terminals, 0);
  world().write(pipe.writer, "x");
  ASSERT_TRUE(until([&] { return poll.done(); }));
  EXPECT_NE(poll.revents & POLLIN, 0U);
  EXPECT_EQ(poll.error, 0);
  EXPECT_EQ(poll.last_id, id);
  settle();
  EXPECT_EQ(poll.terminals, 1);
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

TEST_P(PollContract, a_hang_up_is_told_without_being_asked_for) {
  Pipe pipe = world().pipe();
  Recorder poll;
  loop().poll(pipe.reader.borrow(), 0, Lane::control, poll);
  settle();
  world().write(pipe.writer, "x");
  settle();
  EXPECT_EQ(poll.terminals, 0);
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return poll.done(); }));
  EXPECT_NE(poll.revents & POLLHUP, 0U);
  EXPECT_EQ(poll.revents & POLLIN, 0U);
}

TEST_P(PollContract, cancel_and_release) {
  Pipe pipe = world().pipe();
  Recorder canceled;
  Recorder released;
  const OpId a = loop().poll(pipe.reader.borrow(), POLLIN, Lane::stream, canceled);
  const OpId b = loop().poll(pipe.reader.borrow(), POLLIN, Lane::control, released);
  settle();
  loop().cancel(a);
  loop().release(b);
  ASSERT_TRUE(until([&] { return canceled.done(); }));
  EXPECT_EQ(canceled.error, ECANCELED);
  EXPECT_EQ(canceled.revents, 0U);
  world().write(pipe.writer, "x");
  settle();
  EXPECT_EQ(released.terminals, 0);
  EXPECT_EQ(canceled.terminals, 1);
}

TEST_P(PollContract, one_fd_carries_a_read_and_a_poll) {
  Pipe pipe = world().pipe();
  Recorder stream;
  Recorder hang_up;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
  loop().poll(pipe.reader.borrow(), 0, Lane::control, hang_up);
  world().write(pipe.writer, "abc");
  ASSERT_TRUE(until([&] { return stream.bytes == "abc"; }));
  EXPECT_EQ(hang_up.terminals, 0);
  world().close(pipe.writer);
  ASSERT_TRUE(until([&] { return stream.done() && hang_up.done(); }));
  EXPECT_EQ(stream.end, StreamEnd::eof);
}

TEST_P(PollContract, one_can_be_armed_again_and_again_from_its_callback) {
  Pipe pipe = world().pipe();
  world().write(pipe.writer, "x");
  Recorder poll;
  OpId id;
  poll.on_terminal = [&] {
    if (poll.terminals < 100) id = loop().poll(pipe.reader.borrow(), POLLIN, Lane::control, poll);
  };
  id = loop().poll(pipe.reader.borrow(), POLLIN, Lane::control, poll);
  ASSERT_TRUE(until([&] { return poll.terminals == 100; }));
}

TEST_P(PollContract, a_regular_file_is_always_ready) {
  const sys::UniqueFd file = world().file();
  Recorder poll;
  loop().poll(file.borrow(), POLLIN | POLLOUT, Lane::control, poll);
  ASSERT_TRUE(until([&] { return poll.done(); }));
  EXPECT_EQ(poll.revents & (POLLIN | POLLOUT), static_cast<unsigned>(POLLIN | POLLOUT));
}

TEST_P(PollContract, a_bad_fd_fails_with_its_error) {
  Recorder poll;
  loop().poll(sys::BorrowedFd(-1), POLLIN, Lane::control, poll);
  ASSERT_TRUE(until([&] { return poll.done(); }));
  EXPECT_EQ(poll.error, EBADF);
  EXPECT_EQ(poll.revents, 0U);
}

TEST_P(PollContract, an_fd_number_that_is_reused_belongs_to_the_new_op) {
  for (int round = 0; round < 50; ++round) {
    Pipe pipe = world().pipe();
    Recorder poll;
    const OpId id = loop().poll(pipe.reader.borrow(), POLLIN, Lane::stream, poll);
    if (round % 2 == 0) world().write(pipe.writer, "x");
    loop().turn(world().clock());
    loop().release(id, std::move(pipe.reader));
    world().close(pipe.writer);
    loop().turn(world().clock());
    const int count = poll.terminals;
    EXPECT_LE(count, round % 2 == 0 ? 1 : 0);
    settle(std::chrono::microseconds(100));
    EXPECT_EQ(poll.terminals, count);
  }
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
}

SUPD_IN_ALL_WORLDS(PollContract);

}  // namespace
}  // namespace supd::io::test
