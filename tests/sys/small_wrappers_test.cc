/// The one-page wrappers: signals, reaping, fds, limits, clocks.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "daemon/sys/clock.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/peer_cred.hpp"
#include "daemon/sys/proc_self.hpp"
#include "daemon/sys/reap.hpp"
#include "daemon/sys/rlimits.hpp"
#include "daemon/sys/signals.hpp"
#include "daemon/sys/small_file.hpp"
#include "tests/sys/child.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

TEST(Reap, nothing_while_it_lives_exact_when_it_ended_ECHILD_when_it_was_reaped) {
  test::Waiting service;
  pid_t pid = service.pid();
  auto alive = sys::reap(pid);
  ASSERT_TRUE(alive);
  EXPECT_FALSE(alive->has_value());
  EXPECT_FALSE(sys::peek_child(pid));
  EXPECT_FALSE(sys::peek_any_child());
  service.end();
  sys::Reaped ended = service.reap();
  EXPECT_EQ(ended.pid, pid);
  EXPECT_EQ(ended.exit, (ExitStatus{ExitStatus::exited, 0}));
  EXPECT_GT(ended.max_rss_bytes, 0U);
  EXPECT_EQ(sys::reap(pid).error().code, ECHILD);
}

TEST(Reap, a_peek_leaves_the_zombie) {
  std::vector<const char*> argv{test::inherited_program(), "exit", "3", nullptr};
  auto spawned = sys::spawn(test::request_for(argv));
  ASSERT_TRUE(spawned);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(spawned->pid), &info, WEXITED | WNOWAIT), 0);
  for (int i = 0; i < 2; ++i) {
    auto seen = sys::peek_any_child();
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->pid, spawned->pid);
    EXPECT_EQ(seen->exit, (ExitStatus{ExitStatus::exited, 3}));
  }
  EXPECT_EQ(test::wait_and_reap(spawned->pid).exit, (ExitStatus{ExitStatus::exited, 3}));
}

TEST(Signals, R3_a_known_state_whatever_the_parent_left_behind) {
  EXPECT_EQ(test::in_child([] {
              for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_IGN);
              sigset_t all, mask;
              sigfillset(&all);
              ::sigprocmask(SIG_SETMASK, &all, nullptr);
              sys::adopt_signal_state(std::array{SIGTERM, SIGHUP});
              ::sigprocmask(SIG_BLOCK, nullptr, &mask);
              for (int signal = 1; signal < 32; ++signal) {
                bool expected = signal == SIGTERM || signal == SIGHUP;
                if ((sigismember(&mask, signal) == 1) != expected) return false;
              }
              // The C library keeps 32 and 33 from us; spawn() puts them right in children.
              bool sigpipe_alone = (sys::changed_dispositions() & 0x7fffffff) == 1U << (SIGPIPE - 1);
              return sigpipe_alone && test::facts_of({}).all("ignored").empty();
            }),
            "true");
}

TEST(Signals, R3_exit_statuses_are_exact_under_an_inherited_ignored_SIGCHLD) {
  EXPECT_EQ(test::in_child([] {
              ::signal(SIGCHLD, SIG_IGN);
              sys::adopt_signal_state({});
              std::vector<const char*> argv{test::inherited_program(), "exit", "7", nullptr};
              auto spawned = sys::spawn(test::request_for(argv));
              return spawned && test::wait_and_reap(spawned->pid).exit == ExitStatus{ExitStatus::exited, 7};
            }),
            "true");
}

TEST(Signals, a_signal_is_read_with_its_sender) {
  EXPECT_EQ(test::in_child([] {
              auto fd = sys::open_signal_fd(std::array{SIGUSR1});
              if (!fd || sys::read_signal(fd->borrow())) return false;
              ::kill(::getpid(), SIGUSR1);
              auto got = sys::read_signal(fd->borrow());
              return got && got->number == SIGUSR1 && got->sender == ::getpid() && !sys::read_signal(fd->borrow());
            }),
            "true");
}

TEST(FdTable, inherited_fds_reach_no_child) {
  EXPECT_EQ(test::in_child([] {
              int low = ::dup(0);
              int high = ::fcntl(0, F_DUPFD, 500);
              sys::mark_inherited_fds_cloexec();
              return low > 2 && high >= 500 && test::facts_of({}).all("fd").size() == 3;
            }),
            "true");
}

TEST(FdTable, C6_a_start_without_stdio_does_not_turn_the_next_file_into_stdout) {
  EXPECT_EQ(test::in_child([] {
              ::close(STDIN_FILENO);
              ::close(STDOUT_FILENO);
              sys::open_missing_stdio();
              test::Pipe pipe = test::make_pipe();
              return ::fcntl(STDIN_FILENO, F_GETFD) >= 0 && ::write(STDOUT_FILENO, "x", 1) == 1 &&
                     pipe.read_end.get() > STDERR_FILENO && test::facts_of({}).all("fd").size() == 3;
            }),
            "true");
}

TEST(Limits, children_get_back_the_nofile_limit_that_we_raised_for_ourselves) {
  EXPECT_EQ(test::in_child([] {
              rlimit given{}, now{};
              ::getrlimit(RLIMIT_NOFILE, &given);
              given.rlim_cur = 256;
              ::setrlimit(RLIMIT_NOFILE, &given);
              if (!sys::raise_nofile_limit() || !sys::raise_nofile_limit()) return false;
              ::getrlimit(RLIMIT_NOFILE, &now);
              std::string expected = "256:" + std::to_string(given.rlim_max);
              return now.rlim_cur == given.rlim_max &&
                     test::facts_of({}).one("limit", std::to_string(RLIMIT_NOFILE)) == expected;
            }),
            "true");
}

TEST(PeerCred, is_who_made_the_socket) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  sys::UniqueFd one(ends[0]), two(ends[1]);
  auto cred = sys::peer_cred(one.borrow());
  ASSERT_TRUE(cred);
  EXPECT_EQ(cred->pid, ::getpid());
  EXPECT_EQ(cred->uid, ::getuid());
  test::Pipe pipe = test::make_pipe();
  EXPECT_EQ(sys::peer_cred(pipe.read_end.borrow()).error().code, ENOTSOCK);
}

TEST(Clock, monotonic_never_goes_back) {
  Instant before = sys::monotonic_now();
  EXPECT_LE(before, sys::monotonic_now());
  EXPECT_GT(sys::wall_now().since_epoch, std::chrono::hours(24 * 365 * 50));
}

TEST(SelfUsage, counts_our_fds_and_memory) {
  auto before = sys::self_usage();
  ASSERT_TRUE(before.open_fds && before.rss_bytes);
  test::Pipe pipe = test::make_pipe();
  EXPECT_EQ(*sys::self_usage().open_fds, *before.open_fds + 2);
  EXPECT_GT(*before.rss_bytes, 100'000U);
}

TEST(SmallFile, P8_more_than_the_limit_is_an_error_and_not_a_cut_text) {
  auto text = sys::read_small_file(sys::working_directory, "/proc/self/environ", 10);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, EFBIG);
  EXPECT_EQ(sys::read_small_file(sys::working_directory, "/dev/null", 0).value(), "");
  EXPECT_EQ(sys::read_small_file(sys::working_directory, "/nonexistent", 10).error().code, ENOENT);
}

}  // namespace
}  // namespace supd
