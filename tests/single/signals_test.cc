/// One program: signals, the end, what is left behind. As PID 1 and as any other process.

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>

#include "tests/integration/program.hpp"
#include "tests/single/subject.hpp"

namespace supd::test {
namespace {

using Words = std::vector<std::string>;

Words witness(Words options, const std::string& count, const std::string& pair = "") {
  for (const std::string& word : {std::string("--"), std::string(WITNESS_PROGRAM), count}) options.push_back(word);
  if (!pair.empty()) options.push_back(pair);
  return options;
}

Words shell(Words options, const std::string& script) {
  for (const std::string& word : {std::string("--"), std::string("sh"), std::string("-c"), script})
    options.push_back(word);
  return options;
}

/// The first line that comes of it, which runs to its end.
std::string printed(const Words& words, const How& how) {
  Subject supd(words, how);
  std::string line = supd.line();
  static_cast<void>(supd.end());
  return line;
}

/// The parameter: whether supd is PID 1.
struct Single : testing::TestWithParam<bool> {
  void SetUp() override {
    how.init = GetParam();
    if (std::string reason = skip_reason(how); !reason.empty()) GTEST_SKIP() << reason;
    integration::adopt_orphans();
  }
  void TearDown() override { EXPECT_EQ(integration::sweep_children(), Words{}); }
  /// For `read line` to wait.
  [[nodiscard]] How at_terminal() const {
    How with = how;
    with.terminal = true;
    return with;
  }
  How how;
};

bool can_be_passed_on(int signal) { return signal != SIGKILL && signal != SIGSTOP && signal != SIGCHLD; }
bool is_terminal_stop(int signal) { return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU; }

TEST_P(Single, passes_every_signal_to_the_whole_group_of_a_child_that_leads_its_session) {
  int count = 1;  // one more than is looked at: then supd ends, and sends a SIGTERM of its own
  for (int signal = 1; signal <= 64; ++signal) count += can_be_passed_on(signal) && !is_terminal_stop(signal);
  Subject supd(witness({"--grace", "1m"}, std::to_string(count), "pair"), how);
  std::string ready = supd.line();
  EXPECT_EQ(ready_part(ready, 2), ready_part(ready, 0)) << ready;
  EXPECT_EQ(ready_part(ready, 3), ready_part(ready, 0)) << ready;
  for (int signal = 1; signal <= 64; ++signal) {
    if (!can_be_passed_on(signal) || is_terminal_stop(signal)) continue;
    supd.signal(signal);
    std::set<std::string> told{supd.line(), supd.line()};
    std::string number = std::to_string(signal);
    EXPECT_EQ(told, (std::set<std::string>{"signal " + number, "other " + number}));
  }
  supd.signal(SIGUSR1);
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, passes_every_signal_to_a_single_child_alone) {
  int count = 0;
  for (int signal = 1; signal <= 64; ++signal) count += can_be_passed_on(signal);
  Subject supd(witness({"--single-child", "--grace", "1ms"}, std::to_string(count), "pair"), how);
  std::string ready = supd.line();
  EXPECT_EQ(ready_part(ready, 2), ready_part(ready, 0)) << ready;
  EXPECT_NE(ready_part(ready, 3), ready_part(ready, 0)) << ready;
  for (int signal = 1; signal <= 64; ++signal) {
    if (!can_be_passed_on(signal)) continue;
    supd.signal(signal);
    EXPECT_EQ(supd.line(), "signal " + std::to_string(signal));
  }
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, rewrites_and_drops_signals) {
  Subject supd(witness({"--rewrite", "TERM:QUIT,HUP:0", "-v"}, "2"), how);
  static_cast<void>(supd.line_with("ready"));
  supd.signal(SIGHUP);
  EXPECT_EQ(supd.line_with("supd: SIGHUP"), "supd: SIGHUP is dropped");
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.line_with("signal"), "signal 3");
  supd.signal(SIGUSR1);
  EXPECT_EQ(supd.line_with("signal"), "signal 10");
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, a_terminal_stop_is_SIGSTOP_for_a_session) {
  // The shell can't tell of its own stop: that it goes on with SIGCONT shows that it can be continued at all.
  Subject supd(shell({"-v"}, "trap 'echo went on; exit 0' CONT; echo ready; while :; do sleep 0.01; done"), how);
  static_cast<void>(supd.line_with("ready"));
  supd.signal(SIGTSTP);
  EXPECT_NE(supd.line_with("supd: SIGTSTP").find(" as SIGSTOP"), std::string::npos);
  if (!GetParam()) supd.await_stop();
  supd.signal(SIGCONT);
  EXPECT_EQ(supd.line_with("went on"), "went on");
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, ends_as_the_program_does) {
  struct Case {
    Words options;
    std::string script, end;
  };
  for (const Case& c : {Case{{}, "exit 0", "exited 0"},
                        {{}, "exit 3", "exited 3"},
                        {{}, "exit 255", "exited 255"},
                        {{}, "kill -SEGV $$", "exited 139"},
                        {{}, "kill -KILL $$", "exited 137"},
                        {{}, "kill -TERM $$", "exited 143"},
                        {{"--remap-exit", "143:0"}, "kill -TERM $$", "exited 0"},
                        {{"--remap-exit", "0:7"}, "exit 0", "exited 7"}}) {
    EXPECT_EQ(Subject(shell(c.options, c.script), how).end(), c.end) << c.script;
  }
}

TEST_P(Single, R6_says_why_a_program_can_not_be_run) {
  Subject nowhere({"--", "no-such-program"}, how);
  EXPECT_EQ(nowhere.line().find("supd: can't run 'no-such-program': not found in PATH ("), 0U);
  EXPECT_EQ(nowhere.end(), "exited 127");
  struct Case {
    std::string program, reason, end;
  };
  for (const Case& c : {Case{"/no/such", "No such file or directory", "exited 127"},
                        {"/etc/passwd/x", "Not a directory", "exited 127"},
                        {"", "its name is empty", "exited 127"},
                        {"/etc/passwd", "Permission denied", "exited 126"},
                        {"/tmp", "it is a directory", "exited 126"}}) {
    Subject supd({"--", c.program}, how);
    EXPECT_EQ(supd.line(), "supd: can't run '" + c.program + "': " + c.reason);
    EXPECT_EQ(supd.end(), c.end);
  }
}

TEST_P(Single, R6_tells_a_missing_loader_from_a_missing_program) {
  std::string program(FOREIGN_PROGRAM), directory = program.substr(0, program.rfind('/'));
  how.environment = {{"PATH", "/no/such:" + directory}};
  for (const std::string& name : {program, program.substr(directory.size() + 1)}) {
    Subject supd({"--", name}, how);
    EXPECT_EQ(supd.line(), "supd: can't run '" + name + "': " + program +
                               " is there, but not the interpreter (#!) or dynamic loader that it names: "
                               "/no/such/loader.so");
    EXPECT_EQ(supd.end(), "exited 127");
  }
}

TEST_P(Single, reaps_orphans) {
  Subject supd(shell({"-v"}, "sh -c 'sh -c \"echo orphan; read gone < /proc/self/stat\" & exit 0'; read line"),
               at_terminal());
  EXPECT_EQ(supd.line_with("supd: reaped process").find("supd: reaped process"), 0U);
  supd.type("\n");
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, the_rest_of_the_group_is_asked_to_end_with_the_child) {
  if (GetParam()) return;  // the kernel kills the rest, asked or not
  Subject supd(shell({},
                     "sh -c 'trap \"\" USR1; trap \"echo asked; exit\" TERM; echo up; while :; do sleep 0.01; done' &"
                     "trap 'exit 4' USR1; while :; do sleep 0.01; done"),
               how);
  static_cast<void>(supd.line_with("up"));
  supd.signal(SIGUSR1);
  EXPECT_EQ(supd.line_with("asked"), "asked");
  EXPECT_EQ(supd.end(), "exited 4");
  static_cast<void>(integration::sweep_children());  // without a grace nobody waits for them
}

TEST_P(Single, P3_with_a_grace_waits_for_what_is_left_and_kills_it_then) {
  Subject supd(shell({"--grace", "50ms"},
                     "setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done' &"
                     "setsid sh -c 'trap \"echo asked; exit\" TERM; echo up; while :; do sleep "
                     "0.01; done' & sleep 0.2; exit 4"),
               how);
  EXPECT_EQ(supd.line(), "up");
  EXPECT_EQ(supd.line(), "up");
  EXPECT_EQ(supd.line_with("asked"), "asked");
  EXPECT_EQ(supd.end(), "exited 4");
}

TEST_P(Single, P3_what_has_a_parent_that_stays_is_asked_to_end_too) {
  Subject supd(shell({"--grace", "1h"}, "setsid " WITNESS_PROGRAM " 2 pair & read line; exit 4"), at_terminal());
  EXPECT_EQ(supd.line_with("ready").find("ready"), 0U);
  supd.type("\n");
  std::set<std::string> told{supd.line(), supd.line()};
  EXPECT_EQ(told, (std::set<std::string>{"signal 15", "other 15"}));
  supd.signal(SIGTERM);
  supd.signal(SIGINT);
  EXPECT_EQ(supd.end(), "exited 4");
}

// Nobody sends a SIGCHLD for it: it becomes supd's own through the end of one that was not.
TEST_P(Single, P3_what_comes_later_is_asked_to_end_too) {
  Subject supd(shell({"--grace", "1h"}, "setsid " WITNESS_PROGRAM " 2 late & read line; exit 4"), at_terminal());
  EXPECT_EQ(supd.line_with("ready").find("ready"), 0U);
  supd.type("\n");
  EXPECT_EQ(supd.line(), "signal 15");
  EXPECT_EQ(supd.line(), "late 15");
  supd.signal(SIGTERM);
  supd.signal(SIGINT);
  EXPECT_EQ(supd.end(), "exited 4");
}

TEST_P(Single, a_group_that_shall_get_no_SIGTERM_gets_none_in_the_grace) {
  Subject supd(shell({"--grace", "1h", "--rewrite", "TERM:0"},
                     "trap 'exit 4' USR1; " WITNESS_PROGRAM " 2 & setsid " WITNESS_PROGRAM " 2 pair & wait"),
               how);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(supd.line_with("ready").find("ready"), 0U);
  supd.signal(SIGUSR1);
  std::multiset<std::string> told{supd.line(), supd.line(), supd.line()};
  EXPECT_EQ(told, (std::multiset<std::string>{"signal 10", "signal 15", "other 15"}));
  supd.signal(SIGTERM);
  supd.signal(SIGINT);
  EXPECT_EQ(supd.line(), "(end)");
  EXPECT_EQ(supd.end(), "exited 4");
}

TEST_P(Single, P3_what_never_stops_forking_does_not_prolong_the_grace) {
  std::string storm = "setsid sh -c 'trap \"\" TERM; echo up; while :; do (true &); done' & ";
  Subject supd(shell({"--grace", "100ms"}, storm + storm + "read line; exit 4"), at_terminal());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(supd.line_with("up"), "up");
  supd.type("\n");
  EXPECT_EQ(supd.end(), "exited 4");
}

TEST_P(Single, P3_a_second_SIGTERM_ends_the_grace) {
  Subject supd(shell({"--grace", "1h"},
                     "setsid sh -c 'trap \"echo asked\" TERM; echo up; while :; do sleep 0.01; done' &"
                     "sleep 1000 & wait"),
               how);
  EXPECT_EQ(supd.line(), "up");
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.line_with("asked"), "asked");
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.end(), "exited 143");
}

TEST_P(Single, R3_the_child_starts_clean_whatever_supd_inherited) {
  how.before = [] {
    for (int signal : {SIGCHLD, SIGHUP, SIGPIPE, SIGUSR1}) ::signal(signal, SIG_IGN);
    sigset_t blocked;
    sigfillset(&blocked);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
  };
  Subject supd(shell({}, "grep -E '^Sig(Blk|Ign)' /proc/self/status; exit 5"), how);
  EXPECT_EQ(supd.line(), "SigBlk:\t0000000000000000");
  EXPECT_EQ(supd.line(), "SigIgn:\t0000000000000000");
  EXPECT_EQ(supd.end(), "exited 5");
}

TEST_P(Single, a_signal_that_comes_while_supd_starts_reaches_the_child) {
  how.before = [] {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, nullptr);
    if (::fork() == 0) {
      ::kill(::getppid(), SIGTERM);
      ::_exit(0);
    }
    ::wait(nullptr);  // the signal waits until supd takes it
  };
  EXPECT_EQ(Subject({"--", "sleep", "1000"}, how).end(), "exited 143");
}

// Of several services: what it blocks at its end it has blocked from the first on, before it looked at its arguments.
TEST_P(Single, PID_1_blocks_signals_before_it_reads_its_command_line) {
  Subject supd({"--help"}, how);
  while (supd.line() != "(end)") {
  }
  std::ifstream status("/proc/" + std::to_string(supd.pid()) + "/status");
  std::string line;
  while (std::getline(status, line) && !line.starts_with("SigBlk:")) {
  }
  bool blocked = line.size() > 7 && (std::stoull(line.substr(7), nullptr, 16) >> (SIGTERM - 1) & 1) != 0;
  EXPECT_EQ(blocked, GetParam()) << line;
  EXPECT_EQ(supd.end(), "exited 0");
}

TEST_P(Single, options_come_from_the_environment) {
  how.environment = {{"SUPD_REWRITE", "TERM:USR2"}, {"SUPD_REMAP_EXIT", "0:9"}, {"SUPD_SINGLE_CHILD", "1"}};
  Subject supd(witness({}, "1"), how);
  std::string ready = supd.line();
  EXPECT_NE(ready_part(ready, 3), ready_part(ready, 0));
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.line(), "signal 12");
  EXPECT_EQ(supd.end(), "exited 9");
}

TEST_P(Single, LISTEN_PID_names_the_child_when_it_named_supd) {
  Words command = shell({}, "test \"$LISTEN_PID\" = $$ && echo mine || echo \"$LISTEN_PID\"");
  how.before = [] { ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1); };
  EXPECT_EQ(printed(command, how), "mine");
  how.before = [] { ::setenv("LISTEN_PID", "4000000", 1); };
  EXPECT_EQ(printed(command, how), "4000000");
}

TEST_P(Single, inherited_fds_stay_open) {
  how.before = [] { ::dup2(1, 9); };
  EXPECT_EQ(printed(shell({}, "echo nine >&9"), how), "nine");
}

TEST_P(Single, a_script_without_interpreter_is_run_by_the_shell) {
  std::string path = "/tmp/supd-single-script-" + std::to_string(::getpid());
  if (FILE* file = std::fopen(path.c_str(), "w")) {
    std::fputs("echo script $1; exit 6\n", file);
    ::fchmod(::fileno(file), 0755);
    std::fclose(file);
  }
  Subject supd({"--", path, "word"}, how);
  EXPECT_EQ(supd.line(), "script word");
  EXPECT_EQ(supd.end(), "exited 6");
  if (FILE* file = std::fopen(path.c_str(), "w")) {
    std::fputs(
        "\x7f"
        "ELF",
        file);
    std::fputc('\0', file);
    std::fclose(file);
  }
  Subject foreign({"--", path}, how);
  EXPECT_EQ(foreign.line(), "supd: can't run '" + path + "': not a program for this machine, nor a script");
  EXPECT_EQ(foreign.end(), "exited 126");
  ::unlink(path.c_str());
}

TEST_P(Single, P12_runs_as_nobody) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  how.before = [] {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(124);
  };
  Subject supd(
      shell({"--grace", "1s"}, "id -u; setsid sleep 1000 & trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done"),
      how);
  EXPECT_EQ(supd.line(), "65534");
  EXPECT_EQ(supd.line(), "up");
  how.before = {};
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.end(), "exited 7");
}

TEST_P(Single, pauses_and_reaps_without_a_program) {
  how.before = [] {
    if (::fork() == 0) ::_exit(3);  // a child that was there before
  };
  Subject supd({"--pause", "-v"}, how);
  EXPECT_NE(supd.line_with("supd: reaped process").find("exited with 3"), std::string::npos);
  supd.signal(SIGHUP);
  supd.signal(SIGTERM);
  EXPECT_EQ(supd.end(), "exited 0");
}

INSTANTIATE_TEST_SUITE_P(As, Single, testing::Values(false, true),
                         [](const auto& with) { return with.param ? "pid_1" : "subreaper"; });

TEST(SingleElsewhere, P12_without_proc_says_once_what_can_not_be_done) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's own runtime ends a program that has no /proc";
#endif
  How how{.init = true};
  if (std::string reason = skip_reason(how); !reason.empty()) GTEST_SKIP() << reason;
  how.before = [] { ::umount2("/proc", MNT_DETACH), ::umount2("/proc", MNT_DETACH); };
  Subject supd(shell({"--grace", "10ms"},
                     "setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done' & sleep 0.2; exit 4"),
               how);
  EXPECT_EQ(supd.line(), "up");
  EXPECT_EQ(supd.line_with("supd"), "supd: /proc does not show what is left: it stays");
  EXPECT_EQ(supd.end(), "exited 4");
}

}  // namespace
}  // namespace supd::test
