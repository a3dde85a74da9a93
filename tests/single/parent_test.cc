/// --pdeathsig: the end of supd's own parent.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/ptrace.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/integration/program.hpp"
#include "tests/single/subject.hpp"

namespace supd::test {
namespace {

long trace(int request, pid_t process, void* address = nullptr, unsigned long data = 0) {
  return ::syscall(SYS_ptrace, request, process, address, data);
}

/// Lets `process` run until it is about to ask for the signal. False: it never does, or can't be traced.
bool stop_before_it_asks(pid_t process, int start) {
  constexpr unsigned long trace_system_calls = 1;  // PTRACE_O_TRACESYSGOOD
  if (trace(PTRACE_SEIZE, process, nullptr, trace_system_calls) != 0) return false;
  trace(PTRACE_INTERRUPT, process);
  [[maybe_unused]] ssize_t written = ::write(start, "x", 1);
  int status = 0;
  while (::waitpid(process, &status, __WALL) == process && WIFSTOPPED(status)) {
    ptrace_syscall_info info{};
    trace(PTRACE_GET_SYSCALL_INFO, process, reinterpret_cast<void*>(sizeof info),
          reinterpret_cast<unsigned long>(&info));
    bool entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
    if (entry && info.entry.nr == SYS_prctl && info.entry.args[0] == PR_SET_PDEATHSIG) return true;
    trace(PTRACE_SYSCALL, process);
  }
  return false;
}

TEST(SingleParent, tells_the_child_when_its_own_parent_ends) {
  integration::adopt_orphans();
  How how{.program = "/bin/sh"};
  Subject parent({"-c", SUPD_PROGRAM " --pdeathsig USR1 -- " WITNESS_PROGRAM " 1 & wait"}, how);
  static_cast<void>(parent.line_with("ready"));
  parent.signal(SIGKILL);
  EXPECT_EQ(parent.line_with("signal"), "signal 10");
  EXPECT_EQ(parent.end(), "killed 9");
  static_cast<void>(integration::sweep_children());
}

// Whose signal nobody sends: it was asked for too late.
TEST(SingleParent, that_ends_while_supd_starts_is_noticed) {
  integration::adopt_orphans();
  std::array<int, 2> start{}, told{};
  ASSERT_EQ(::pipe2(start.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(told.data(), O_CLOEXEC), 0);
  How how;
  how.before = [=] {
    pid_t child = ::fork();
    while (child != 0) ::pause();
    pid_t self = ::getpid();
    char go = 0;
    if (::write(told[1], &self, sizeof self) != sizeof self || ::read(start[0], &go, 1) != 1) ::_exit(1);
  };
  Subject parent({"--pdeathsig", "USR1", "-v", "--", "sleep", "1000"}, how);
  pid_t supd = 0;
  ASSERT_EQ(::read(told[0], &supd, sizeof supd), static_cast<ssize_t>(sizeof supd));
  if (!stop_before_it_asks(supd, start[1])) GTEST_SKIP() << "SKIP: a process can't be traced here";
  parent.signal(SIGKILL);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(parent.pid()), &ended, WEXITED | WNOWAIT), 0);
  trace(PTRACE_DETACH, supd);
  EXPECT_EQ(parent.line_with("supd: SIGUSR1").find("supd: SIGUSR1 goes to process group"), 0U);
  EXPECT_EQ(parent.line_with("supd: the child"), "supd: the child has ended: killed by SIGUSR1");
  EXPECT_EQ(parent.end(), "killed 9");
  static_cast<void>(integration::sweep_children());
}

}  // namespace
}  // namespace supd::test
