#include <poll.h>

#include <algorithm>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using LaneContract = LoopContract;

/// Everything ready at once: one batch holds it all, unless the engine is one that deals in small batches.
TEST_P(LaneContract, one_batch_goes_child_timer_stream_control) {
  Journal journal;
  Pipe control = world().pipe();
  Pipe output = world().pipe();
  Child child = world().start_child();
  Recorder control_sink("4 control", &journal);
  Recorder stream_sink("3 stream", &journal);
  Recorder timer_sink("2 timer", &journal);
  Recorder child_sink("1 child", &journal);
  loop().poll(control.reader.borrow(), POLLIN, Lane::control, control_sink);
  const OpId stream = loop().read_stream(output.reader.borrow(), Lane::stream, stream_sink);
  loop().wait_child(child.pid, child.pidfd.borrow(), child_sink);
  world().end_child(child, {ExitStatus::exited, 0});
  Recorder ended;
  loop().poll(child.pidfd.borrow(), POLLIN, Lane::stream, ended);
  if (real()) {  // nothing is delivered before the turn, so this only lets the child's end happen
    pollfd pidfd{.fd = child.pidfd.get(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&pidfd, 1, 20'000), 1);
  }
  world().write(control.writer, "x");
  world().write(output.writer, "x");
  loop().timer_at(world().clock(), timer_sink);

  std::vector<std::string> batches;
  ASSERT_TRUE(until([&] {
    const std::size_t before = journal.size();
    loop().turn(world().clock());
    EXPECT_TRUE(std::is_sorted(journal.begin() + static_cast<std::ptrdiff_t>(before), journal.end()));
    return journal.size() >= 4;
  }));
  loop().release(stream);
  loop().release(OpId{}, std::move(child.pidfd));
}

TEST_P(LaneContract, releasing_ops_of_the_same_batch_suppresses_their_callbacks) {
  constexpr std::size_t count = 20;
  std::vector<Pipe> pipes;
  std::vector<std::unique_ptr<Recorder>> sinks;
  std::vector<OpId> ids;
  int calls = 0;
  for (std::size_t i = 0; i < count; ++i) {
    pipes.push_back(world().pipe());
    sinks.push_back(std::make_unique<Recorder>());
    sinks.back()->on_data = [&, i] {
      ++calls;
      for (std::size_t other = 0; other < count; ++other) {
        if (other != i) loop().release(ids[other], std::move(pipes[other].reader));
      }
    };
    ids.push_back(loop().read_stream(pipes[i].reader.borrow(), Lane::stream, *sinks[i]));
  }
  loop().turn(world().clock());
  for (Pipe& pipe : pipes) world().write(pipe.writer, "x");
  ASSERT_TRUE(until([&] { return calls > 0; }));
  settle();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(loop().stats().ops_in_flight, 1U);
}

TEST_P(LaneContract, P5_what_was_written_before_the_exit_comes_whole_whichever_is_told_first) {
  for (int round = 0; round < 20; ++round) {
    Pipe pipe = world().pipe();
    Child child = world().start_child();
    Recorder stream;
    Recorder end;
    loop().read_stream(pipe.reader.borrow(), Lane::stream, stream);
    loop().wait_child(child.pid, child.pidfd.borrow(), end);
    const std::string words = "last words of " + std::to_string(round);
    world().write(pipe.writer, words);
    world().close(pipe.writer);
    world().end_child(child, {ExitStatus::exited, round});
    ASSERT_TRUE(until([&] { return stream.done() && end.done(); }));
    EXPECT_EQ(stream.bytes, words);
    EXPECT_TRUE(world().reap(child.pid));
    loop().release(OpId{}, std::move(child.pidfd));
  }
}

TEST_P(LaneContract, a_loop_with_ops_in_flight_can_be_destroyed) {
  // Sinks must not be called by the destructor, and handed-over fds must be closed: both end with SetUp's world.
  Pipe pipe = world().pipe();
  Child child = world().start_child();
  static Recorder sink;
  sink.terminals = 0;
  loop().read_stream(pipe.reader.borrow(), Lane::stream, sink);
  loop().wait_child(child.pid, child.pidfd.borrow(), sink);
  loop().timer_at(Instant{}, sink);
  loop().poll(pipe.reader.borrow(), 0, Lane::control, sink);
  loop().turn(Instant{});
  const int before = sink.terminals;
  loop().timer_at(Instant{}, sink);
  const OpId canceled = loop().timer_at(Instant::never(), sink);
  loop().cancel(canceled);
  destroy_world();
  EXPECT_EQ(sink.terminals, before);
}

SUPD_IN_ALL_WORLDS(LaneContract);

}  // namespace
}  // namespace supd::io::test
