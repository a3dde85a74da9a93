#include <csignal>

#include <cerrno>

#include "tests/io/contract.hpp"

namespace supd::io::test {
namespace {

using ChildContract = LoopContract;

constexpr ExitStatus exited(int code) { return {ExitStatus::exited, code}; }
constexpr ExitStatus killed(int signal) { return {ExitStatus::killed, signal}; }

TEST_P(ChildContract, exit_codes_and_signals_are_exact) {
  for (const ExitStatus how : {exited(0), exited(1), exited(3), exited(42), exited(127), exited(255), killed(SIGKILL),
                               killed(SIGTERM), killed(SIGINT), killed(SIGUSR2)}) {
    Child child = world().start_child();
    Recorder end;
    loop().wait_child(child.pid, child.pidfd.borrow(), end);
    world().end_child(child, how);
    ASSERT_TRUE(until([&] { return end.done(); }));
    EXPECT_EQ(end.exit, how) << end.exit.text();
    EXPECT_EQ(end.error, 0);
    EXPECT_TRUE(world().reap(child.pid));
    loop().release(OpId{}, std::move(child.pidfd));
  }
}

TEST_P(ChildContract, P2_the_zombie_is_left_for_the_owner_to_reap) {
  Child child = world().start_child();
  Recorder end;
  loop().wait_child(child.pid, child.pidfd.borrow(), end);
  world().end_child(child, exited(7));
  bool was_zombie = false;
  end.on_terminal = [&] { was_zombie = world().reap(child.pid); };
  ASSERT_TRUE(until([&] { return end.done(); }));
  EXPECT_TRUE(was_zombie);
  EXPECT_FALSE(world().reap(child.pid));
  loop().release(OpId{}, std::move(child.pidfd));
}

TEST_P(ChildContract, a_child_that_has_ended_before_is_told_too) {
  Child child = world().start_child();
  world().end_child(child, exited(9));
  Recorder pidfd_ready;
  loop().poll(child.pidfd.borrow(), 1 /* POLLIN */, Lane::control, pidfd_ready);
  ASSERT_TRUE(until([&] { return pidfd_ready.done(); }));
  Recorder end;
  loop().wait_child(child.pid, child.pidfd.borrow(), end);
  EXPECT_EQ(end.terminals, 0);
  ASSERT_TRUE(until([&] { return end.done(); }));
  EXPECT_EQ(end.exit, exited(9));
  loop().release(OpId{}, std::move(child.pidfd));
}

TEST_P(ChildContract, a_live_child_is_not_reported) {
  Child child = world().start_child();
  Recorder end;
  const OpId id = loop().wait_child(child.pid, child.pidfd.borrow(), end);
  settle(std::chrono::milliseconds(50));
  EXPECT_EQ(end.terminals, 0);
  loop().release(id, std::move(child.pidfd));
}

TEST_P(ChildContract, cancel_says_canceled_and_the_child_can_be_waited_for_again) {
  Child child = world().start_child();
  Recorder canceled;
  const OpId id = loop().wait_child(child.pid, child.pidfd.borrow(), canceled);
  settle();
  loop().cancel(id);
  EXPECT_EQ(canceled.terminals, 0);
  ASSERT_TRUE(until([&] { return canceled.done(); }));
  EXPECT_EQ(canceled.error, ECANCELED);
  EXPECT_FALSE(canceled.exit.known());
  Recorder again;
  loop().wait_child(child.pid, child.pidfd.borrow(), again);
  world().end_child(child, exited(5));
  ASSERT_TRUE(until([&] { return again.done(); }));
  EXPECT_EQ(again.exit, exited(5));
  EXPECT_EQ(canceled.terminals, 1);
  loop().release(OpId{}, std::move(child.pidfd));
}

TEST_P(ChildContract, a_released_wait_never_calls_back) {
  Child child = world().start_child();
  Recorder end;
  const OpId id = loop().wait_child(child.pid, child.pidfd.borrow(), end);
  settle();
  loop().release(id, std::move(child.pidfd));
  settle();
  EXPECT_EQ(loop().stats().ops_in_flight, 0U);
  world().end_child(child, killed(SIGKILL));
  settle(std::chrono::milliseconds(50));
  EXPECT_EQ(end.terminals, 0);
  EXPECT_TRUE(world().reap(child.pid));
}

TEST_P(ChildContract, a_child_that_somebody_else_has_reaped_is_echild) {
  Child child = world().start_child();
  world().end_child(child, exited(0));
  Recorder ready;
  loop().poll(child.pidfd.borrow(), 1 /* POLLIN */, Lane::control, ready);
  ASSERT_TRUE(until([&] { return ready.done(); }));
  ASSERT_TRUE(world().reap(child.pid));
  Recorder end;
  loop().wait_child(child.pid, child.pidfd.borrow(), end);
  ASSERT_TRUE(until([&] { return end.done(); }));
  EXPECT_EQ(end.error, ECHILD);
  EXPECT_FALSE(end.exit.known());
  loop().release(OpId{}, std::move(child.pidfd));
}

TEST_P(ChildContract, R1_hundreds_of_children_end_once_each) {
  constexpr int count = 300;
  std::vector<Child> children;
  std::vector<std::unique_ptr<Recorder>> ends;
  int done = 0;
  for (int i = 0; i < count; ++i) {
    children.push_back(world().start_child());
    ends.push_back(std::make_unique<Recorder>());
    ends.back()->on_terminal = [&] { ++done; };
    loop().wait_child(children.back().pid, children.back().pidfd.borrow(), *ends.back());
  }
  loop().turn(world().clock());
  for (int i = 0; i < count; ++i) world().end_child(children[static_cast<std::size_t>(i)], exited(i % 256));
  ASSERT_TRUE(until([&] { return done == count; }));
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(ends[at]->terminals, 1);
    EXPECT_EQ(ends[at]->exit, exited(i % 256));
    EXPECT_TRUE(world().reap(children[at].pid));
    loop().release(OpId{}, std::move(children[at].pidfd));
  }
}

TEST_P(ChildContract, without_a_pidfd_SIGCHLD_tells) {
  if (!real()) GTEST_SKIP() << "the simulated world always has pidfds";
  Child first = world().start_child();
  Child second = world().start_child();
  Recorder first_end;
  Recorder second_end;
  loop().wait_child(first.pid, {}, first_end);
  loop().wait_child(second.pid, {}, second_end);
  settle();
  EXPECT_EQ(first_end.terminals, 0);
  world().end_child(first, killed(SIGTERM));
  ASSERT_TRUE(until([&] { return first_end.done(); }));
  EXPECT_EQ(first_end.exit, killed(SIGTERM));
  EXPECT_TRUE(world().reap(first.pid));
  EXPECT_EQ(second_end.terminals, 0);
  world().end_child(second, exited(4));
  ASSERT_TRUE(until([&] { return second_end.done(); }));
  EXPECT_EQ(second_end.exit, exited(4));
  const auto before = loop().stats().turns;
  settle(std::chrono::milliseconds(50));
  EXPECT_LE(loop().stats().turns - before, 4U);
}

TEST_P(ChildContract, without_a_pidfd_cancel_release_and_strangers_work_alike) {
  if (!real()) GTEST_SKIP() << "the simulated world always has pidfds";
  Child child = world().start_child();
  Recorder canceled;
  Recorder released;
  Recorder stranger;
  const OpId first = loop().wait_child(child.pid, {}, canceled);
  const OpId second = loop().wait_child(child.pid, {}, released);
  loop().wait_child(1, {}, stranger);  // not our child
  loop().cancel(first);
  loop().release(second);
  ASSERT_TRUE(until([&] { return canceled.done() && stranger.done(); }));
  EXPECT_EQ(canceled.error, ECANCELED);
  EXPECT_EQ(stranger.error, ECHILD);
  world().end_child(child, exited(0));
  settle();
  EXPECT_EQ(released.terminals, 0);
  EXPECT_EQ(canceled.terminals, 1);
}

SUPD_IN_ALL_WORLDS(ChildContract);

}  // namespace
}  // namespace supd::io::test
