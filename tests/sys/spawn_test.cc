#include "daemon/sys/spawn.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include "daemon/sys/pidfd.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using test::facts_of;
using test::make_pipe;
using test::Pipe;
using test::request_for;

TEST(Spawn, runs_a_program_and_its_exit_code_is_exact) {
  std::vector<const char*> argv{test::inherited_program(), "exit", "42", nullptr};
  auto spawned = sys::spawn(request_for(argv));
  ASSERT_TRUE(spawned) << spawned.error().text();
  EXPECT_GT(spawned->pid, 0);
  EXPECT_EQ(test::wait_and_reap(spawned->pid).exit, (ExitStatus{ExitStatus::exited, 42}));
}

TEST(Spawn, gives_a_pidfd_of_the_child) {
  test::Waiting service;
  ASSERT_TRUE(service.pidfd().valid());
  EXPECT_NE(::fcntl(service.pidfd().get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(sys::pidfd_send_signal(service.pidfd(), SIGKILL), 0);
  EXPECT_EQ(service.reap().exit, (ExitStatus{ExitStatus::killed, SIGKILL}));
  EXPECT_EQ(sys::pidfd_send_signal(service.pidfd(), 0), ESRCH);
}

TEST(Spawn, the_child_has_stdio_and_no_other_fd) {
  Pipe bystander = make_pipe();
  test::Facts facts = facts_of({});
  ASSERT_EQ(facts.all("fd").size(), 3U);
  EXPECT_EQ(facts.one("fd", "0"), "/dev/null");
  EXPECT_TRUE(facts.one("fd", "1").starts_with("pipe:"));
  EXPECT_EQ(facts.one("fd", "2"), "/dev/null");
}

TEST(Spawn, the_child_has_a_session_and_group_of_its_own) {
  test::Facts facts = facts_of({});
  EXPECT_EQ(facts.one("id", "sid"), facts.one("id", "pid"));
  EXPECT_EQ(facts.one("id", "pgid"), facts.one("id", "pid"));
  EXPECT_EQ(facts.one("id", "ppid"), std::to_string(::getpid()));
}

TEST(Spawn, environment_and_arguments_are_exactly_what_was_given) {
  std::array<const char*, 3> environment{"A=1", "EMPTY=", nullptr};
  std::vector<const char*> argv{test::inherited_program(), "", "a b", "$HOME", nullptr};
  sys::SpawnRequest request;
  request.argv = argv.data();
  request.envp = environment.data();
  test::Facts facts = facts_of(request);
  ASSERT_EQ(facts.all("env").size(), 2U);
  EXPECT_EQ(facts.one("env", "A"), "1");
  EXPECT_EQ(facts.one("env", "EMPTY"), "");
  EXPECT_EQ(facts.all("argument").size(), 4U);
  EXPECT_EQ(facts.one("argument", ""), "1");
  EXPECT_EQ(facts.one("argument", "a b"), "2");
  EXPECT_EQ(facts.one("argument", "$HOME"), "3");
}

TEST(Spawn, limits_nice_umask_and_directory) {
  LimitSpec limits;
  limits.rlimits = {{RLIMIT_CORE, 0, 0}, {RLIMIT_NOFILE, 123, 456}};
  limits.set_nice = true;
  limits.nice = 5;
  RunAsSpec who;
  who.set_umask = true;
  who.umask = 027;
  sys::SpawnRequest request;
  request.limits = &limits;
  request.run_as = &who;
  request.directory = "/";
  test::Facts facts = facts_of(request);
  EXPECT_EQ(facts.one("limit", std::to_string(RLIMIT_CORE)), "0:0");
  EXPECT_EQ(facts.one("limit", std::to_string(RLIMIT_NOFILE)), "123:456");
  EXPECT_EQ(facts.one("id", "nice"), "5");
  EXPECT_EQ(facts.one("id", "umask"), std::to_string(027));
  EXPECT_EQ(facts.one("place", "cwd"), "/");
}

TEST(Spawn, changes_user_and_drops_every_group) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change users: run the tests as root";
  RunAsSpec who;
  who.set_uid = who.set_gid = true;
  who.uid = 65534;
  who.gid = 65533;
  sys::SpawnRequest request;
  request.run_as = &who;
  test::Facts facts = facts_of(request);
  for (const char* name : {"uid", "euid", "suid"}) EXPECT_EQ(facts.one("id", name), "65534");
  for (const char* name : {"gid", "egid", "sgid"}) EXPECT_EQ(facts.one("id", name), "65533");
  EXPECT_TRUE(facts.all("group").empty());
}

TEST(Spawn, supplementary_groups_are_set) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can set groups: run the tests as root";
  RunAsSpec who;
  who.set_uid = who.set_groups = true;
  who.uid = 65534;
  who.gids = {100, 101};
  sys::SpawnRequest request;
  request.run_as = &who;
  EXPECT_EQ(facts_of(request).all("group").size(), 2U);
}

void ignore_everything_and_block_everything() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

// Runs in a process of its own, so that the signal state of the test program stays as it is.
TEST(SpawnDeathTest, R3_a_child_starts_clean_under_a_parent_with_all_signals_ignored_and_blocked) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        ignore_everything_and_block_everything();
        ::signal(SIGCHLD, SIG_DFL);  // as adopt_signal_state() does: else there is no exit status
        test::Facts facts = facts_of({});
        bool clean = facts.all("blocked").empty() && facts.all("ignored").empty() && facts.all("handled").empty();
        ::_exit(clean && !facts.all("fd").empty() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Spawn, R3_the_parents_handlers_and_mask_survive) {
  sigset_t before, after;
  ::sigprocmask(SIG_BLOCK, nullptr, &before);
  (void)facts_of({});
  ::sigprocmask(SIG_BLOCK, nullptr, &after);
  for (int signal = 1; signal < NSIG; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

TEST(Spawn, C4_thousands_of_failed_and_good_spawns_leave_no_fd_and_no_child) {
  std::vector<const char*> good{test::inherited_program(), "exit", "0", nullptr};
  std::vector<const char*> bad{"/nonexistent", nullptr};
  (void)facts_of({});
  std::vector<int> before = test::open_fds();
  for (int i = 0; i < 5000; ++i) {
    ASSERT_FALSE(sys::spawn(request_for(bad)));
    if (i % 10 != 0) continue;
    auto spawned = sys::spawn(request_for(good));
    ASSERT_TRUE(spawned);
    (void)test::wait_and_reap(spawned->pid);
  }
  EXPECT_EQ(test::open_fds(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Spawn, a_pipe_given_to_a_child_is_not_kept_open_by_us) {
  Pipe output = make_pipe();
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  sys::SpawnRequest request = request_for(argv);
  request.stdout_fd = request.stderr_fd = output.write_end.get();
  auto spawned = sys::spawn(request);
  ASSERT_TRUE(spawned);
  output.write_end.reset();
  EXPECT_EQ(test::read_all(output.read_end.borrow()), "");  // ends only when nobody holds the other end
  (void)test::wait_and_reap(spawned->pid);
}

}  // namespace
}  // namespace supd
