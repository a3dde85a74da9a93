/// One program and its terminal.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/integration/program.hpp"
#include "tests/single/subject.hpp"

namespace supd::test {
namespace {

constexpr const char* ctrl_c = "\x03";
constexpr const char* ctrl_z = "\x1a";

struct SingleTerminal : testing::TestWithParam<std::string> {
  void SetUp() override { integration::adopt_orphans(); }
  [[nodiscard]] static std::vector<std::string> command(const std::string& script) {
    std::vector<std::string> words{"--", "sh", "-c", script};
    if (GetParam().empty()) return words;
    std::vector<std::string> all{GetParam()};
    for (const auto& word : words) all.push_back(word);
    return all;
  }
};

TEST_P(SingleTerminal, the_child_reads_it_and_Ctrl_C_reaches_it) {
  for (bool init : {false, true}) {
    How how{.init = init, .terminal = true};
    if (std::string reason = skip_reason(how); !reason.empty()) continue;
    Subject supd(command("trap 'echo int; exit 3' INT; echo ready; read a < /dev/tty; echo \"read $a\"; while :; do "
                         "sleep 0.01; done"),
                 how);
    EXPECT_EQ(supd.line(), "ready");
    supd.type("word\n");
    EXPECT_EQ(supd.line(), "read word");
    supd.type(ctrl_c);
    EXPECT_EQ(supd.line_with("int"), "int");
    EXPECT_EQ(supd.end(), "exited 3");
  }
}

// Nobody could let it go on: it goes on by itself, as a program without supd would.
TEST_P(SingleTerminal, Ctrl_Z_without_a_shell_above_stops_nothing) {
  for (bool init : {false, true}) {
    How how{.init = init, .terminal = true};
    if (std::string reason = skip_reason(how); !reason.empty()) continue;
    Subject supd(command("echo ready; while read a; do echo \"read $a\"; done"), how);
    EXPECT_EQ(supd.line(), "ready");
    supd.type(ctrl_z);
    supd.type("word\n");
    EXPECT_EQ(supd.line(), "read word");
    supd.type("\x04");
    EXPECT_EQ(supd.end(), "exited 0");
  }
}

INSTANTIATE_TEST_SUITE_P(Mode, SingleTerminal, testing::Values("", "--single-child"),
                         [](const auto& with) { return with.param.empty() ? "session" : "single_child"; });

/// The terminal belongs to a process group that is neither supd's nor its program's, and nobody above supd could let
/// it go on: supd leads an orphaned group.
struct SingleWithoutTerminal : testing::TestWithParam<bool> {
  void SetUp() override {
    how = {.init = GetParam(), .terminal = true};
    if (std::string reason = skip_reason(how); !reason.empty()) GTEST_SKIP() << reason;
    integration::adopt_orphans();
    if (::pipe2(holds_.data(), O_CLOEXEC) != 0) FAIL();
    how.before = [ends = holds_] {
      ::signal(SIGTTOU, SIG_IGN);
      pid_t holder = ::fork();
      if (holder != 0) {
        ::setpgid(holder, holder);
        ::tcsetpgrp(0, holder);
        ::close(ends[0]), ::close(ends[1]);
        return;
      }
      char c = 0;
      ::close(ends[1]);
      [[maybe_unused]] ssize_t got = ::read(ends[0], &c, 1);
      ::_exit(0);
    };
  }
  void TearDown() override {
    ::close(holds_[0]);
    ::close(holds_[1]);
    static_cast<void>(integration::sweep_children());
  }
  void let_the_terminal_go() { ASSERT_EQ(::write(holds_[1], "x", 1), 1); }

  const std::vector<std::string> reads_a_word{"--single-child", "-vv", "--", "sh", "-c", "read a; echo \"read $a\""};
  static constexpr const char* stopped = "supd: the child was stopped by SIGTTIN";
  static constexpr const char* waits = "supd: the program waits for the terminal, which another process group has";
  How how;
  std::array<int, 2> holds_{};
};

// Let go on without it, the program would ask again at once, and so on for ever.
TEST_P(SingleWithoutTerminal, it_is_stopped_once_and_goes_on_when_the_terminal_is_free) {
  Subject supd(reads_a_word, how);
  EXPECT_EQ(supd.line_with("supd: the child"), stopped);
  EXPECT_EQ(supd.line(), waits);
  supd.signal(SIGHUP);
  EXPECT_EQ(supd.line_with("supd: SIG").find("supd: SIGHUP goes to"), 0U);  // nothing else was said meanwhile
  let_the_terminal_go();
  EXPECT_EQ(supd.line_with("supd: the child"), "supd: the child has ended: killed by SIGHUP");
  EXPECT_EQ(supd.end(), "exited 129");
}

TEST_P(SingleWithoutTerminal, it_reads_on_when_the_terminal_is_free) {
  Subject supd(reads_a_word, how);
  EXPECT_EQ(supd.line_with("supd: the program"), waits);
  let_the_terminal_go();
  supd.type("word\n");
  EXPECT_EQ(supd.line_with("read"), "read word");
  EXPECT_EQ(supd.line_with("supd: the child"), "supd: the child has ended: exited with 0");
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(SingleWithoutTerminal, SIGTERM_ends_it_while_it_waits) {
  Subject supd(reads_a_word, how);
  EXPECT_EQ(supd.line_with("supd: the program"), waits);
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.line_with("supd: the child"), "supd: the child has ended: killed by SIGTERM");
}

INSTANTIATE_TEST_SUITE_P(As, SingleWithoutTerminal, testing::Values(false, true),
                         [](const auto& with) { return with.param ? "pid_1" : "orphaned_group"; });

/// supd as a job of a shell.
struct SingleJob : testing::Test {
  void SetUp() override {
    integration::adopt_orphans();
    if (::pipe2(told_.data(), O_CLOEXEC) != 0 || ::pipe2(asked_.data(), O_CLOEXEC) != 0) FAIL();
    how.terminal = true;
    how.program = JOB_SHELL_PROGRAM;
    int told = ::fcntl(told_[1], F_DUPFD_CLOEXEC, 10), asked = ::fcntl(asked_[0], F_DUPFD_CLOEXEC, 10);
    how.before = [told, asked] { ::dup2(told, 3), ::dup2(asked, 4); };
  }
  /// "stopped 20", "exited 0".
  std::string told() {
    std::string line;
    char c = 0;
    pollfd ready{told_[0], POLLIN, 0};
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(integration::patience()).count();
    while (::poll(&ready, 1, static_cast<int>(ms)) == 1 && ::read(told_[0], &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  void to_foreground() { ASSERT_EQ(::write(asked_[1], "f", 1), 1); }
  How how;
  std::array<int, 2> told_{}, asked_{};
};

TEST_F(SingleJob, Ctrl_Z_stops_the_job_and_fg_lets_it_go_on) {
  Subject shell(
      {SUPD_PROGRAM, "--single-child", "--", "sh", "-c", "echo ready; while read a; do echo \"read $a\"; done"}, how);
  EXPECT_EQ(shell.line(), "ready");
  for (const char* word : {"one", "two"}) {
    shell.type(ctrl_z);
    EXPECT_EQ(told(), "stopped 20");
    to_foreground();
    shell.type(std::string(word) + "\n");
    EXPECT_EQ(shell.line(), std::string("read ") + word);
  }
  shell.type(ctrl_c);
  EXPECT_EQ(told(), "exited 130");
  EXPECT_EQ(shell.end(), "exited 0");
}

TEST_F(SingleJob, a_session_of_its_own_is_stopped_and_continued_through_supd) {
  Subject shell(
      {SUPD_PROGRAM, "--", "sh", "-c", "trap 'echo went on; exit 0' CONT; echo ready; while :; do sleep 0.01; done"},
      how);
  EXPECT_EQ(shell.line(), "ready");
  shell.type(ctrl_z);
  EXPECT_EQ(told(), "stopped 19");
  to_foreground();
  EXPECT_EQ(shell.line(), "went on");
  EXPECT_EQ(told(), "exited 0");
  EXPECT_EQ(shell.end(), "exited 0");
}

}  // namespace
}  // namespace supd::test
