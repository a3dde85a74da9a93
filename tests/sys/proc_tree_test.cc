#include "daemon/sys/proc_tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using sys::ProcessInfo;

TEST(ProcTree, a_name_may_hold_anything) {
  auto info = sys::parse_process_stat(
      "7 (a) R 1 (\n) S 3 4 5 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9999 0 0 18446744073709551615");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->id, (sys::ProcessId{7, 9999}));
  EXPECT_EQ(info->parent, 3);
  EXPECT_EQ(info->group, 4);
  EXPECT_EQ(info->session, 5);
  EXPECT_EQ(info->state, 'S');
}

TEST(ProcTree, half_a_line_is_no_process) {
  for (const char* text : {"", "7", "7 (x", "7 (x)", "7 (x) S", "7 (x) S 1 2", "7 (x) S 1 2 3 4 5", "x (x) S 1 2 3"}) {
    EXPECT_FALSE(sys::parse_process_stat(text)) << text;
  }
}

TEST(ProcTree, finds_ourselves_and_our_children) {
  ASSERT_TRUE(sys::proc_available());
  test::Waiting service;
  pid_t pid = service.pid();
  auto self = sys::read_process(::getpid());
  auto child = sys::read_process(pid);
  ASSERT_TRUE(self && child);
  EXPECT_EQ(child->parent, ::getpid());
  EXPECT_EQ(child->session, pid);
  EXPECT_EQ(sys::own_children().value(), std::vector<pid_t>{pid});
  auto all = sys::snapshot_processes();
  ASSERT_TRUE(all);
  EXPECT_EQ(sys::descendants_of(*all, {::getpid()}).size(), 2U);
  EXPECT_EQ(sys::descendants_of(*all, {pid}).size(), 1U);
  service.end();
  (void)service.reap();
  EXPECT_FALSE(sys::read_process(pid));
  EXPECT_TRUE(sys::own_children()->empty());
}

TEST(ProcTree, descendants_pass_through_zombies_and_leave_them_out) {
  std::vector<ProcessInfo> snapshot{
      {{10, 1}, 1, 10, 10, 'S'}, {{11, 1}, 10, 10, 10, 'Z'}, {{12, 1}, 11, 10, 10, 'R'}, {{13, 1}, 1, 13, 13, 'S'}};
  auto found = sys::descendants_of(snapshot, {10, 99});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id.pid, 10);
  EXPECT_EQ(found[1].id.pid, 12);
}

TEST(ProcTree, a_loop_in_a_torn_snapshot_ends) {
  std::vector<ProcessInfo> snapshot{{{10, 1}, 11, 10, 10, 'S'}, {{11, 1}, 10, 10, 10, 'S'}};
  EXPECT_EQ(sys::descendants_of(snapshot, {10}).size(), 2U);
}

TEST(ProcTree, reads_the_environment_a_process_was_started_with) {
  std::array<const char*, 4> environment{"XRUN=wrong", "RUN=web#1", "EMPTY=", nullptr};
  sys::SpawnRequest request;
  request.envp = environment.data();
  test::Waiting service(request);
  EXPECT_EQ(sys::environment_value(service.pid(), "RUN"), "web#1");
  EXPECT_EQ(sys::environment_value(service.pid(), "EMPTY"), "");
  EXPECT_EQ(sys::environment_value(service.pid(), "NONE"), std::nullopt);
}

TEST(ProcTree, P2_a_signal_reaches_this_process_and_never_another_of_its_number) {
  test::Waiting service;
  auto info = sys::read_process(service.pid());
  ASSERT_TRUE(info);
  sys::ProcessId earlier{service.pid(), info->id.start_ticks - 1};
  EXPECT_EQ(sys::signal_process(earlier, SIGKILL), ESRCH);
  EXPECT_EQ(sys::signal_process(info->id, 0), 0);
  EXPECT_EQ(sys::signal_process(info->id, SIGTERM), 0);
  EXPECT_EQ(service.reap().exit, (ExitStatus{ExitStatus::killed, SIGTERM}));
  EXPECT_EQ(sys::signal_process(info->id, 0), ESRCH);
}

}  // namespace
}  // namespace supd
