// S6, S3, S4: who exits, with which code, and what is left alive, with supd as PID 1.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/container/contained.hpp"

namespace supd::container {
namespace {

struct Exit : testing::Test {
  void SetUp() override {
    if (std::string why = missing_box(); !why.empty()) GTEST_SKIP() << "SKIP: " << why << ": run as root";
  }
  int code(const std::string& main) {
    auto ran = box.run(main);
    output = ran.output;
    return ran.exit.status;
  }
  Contained box;
  std::string output;
};

TEST_F(Exit, S6_the_main_programs_code_is_the_containers) {
  box.file("db.toml", polite);
  EXPECT_EQ(code("exit 0"), 0) << output;
  EXPECT_EQ(code("exit 3"), 3) << output;
  EXPECT_EQ(code("kill -SEGV $$"), 128 + SIGSEGV) << output;
  EXPECT_EQ(code("kill -KILL $$"), 128 + SIGKILL) << output;
  EXPECT_EQ(count(output, "db | stops"), 1U) << output;
}

TEST_F(Exit, S6_a_program_that_is_not_there_is_127_and_one_that_is_none_126) {
  box.file("main.toml", "command = ['/bin/true']\n");
  auto argv = box.command("true");
  argv.erase(argv.end() - 3, argv.end());
  argv.emplace_back("/no/such/program");
  auto missing = integration::run(argv);
  EXPECT_EQ(missing.exit.status, 127);
  EXPECT_NE(missing.output.find("exit code 127, for main"), std::string::npos) << missing.output;
  argv.back() = "/etc/passwd";
  EXPECT_EQ(integration::run(argv).exit.status, 126);
}

// The commonest mistake of all: a program of one C library in an image that has another.
TEST_F(Exit, R6_a_program_whose_loader_is_not_there_is_127_and_says_so) {
  box.file("main.toml", "command = ['/bin/true']\n");
  box.file("app", "#!/no/such/loader\n");
  std::string app = box.scratch().file("app");
  ASSERT_EQ(::chmod(app.c_str(), 0755), 0);
  auto argv = box.command("true");
  argv.erase(argv.end() - 3, argv.end());
  argv.push_back(app);
  auto ran = integration::run(argv);
  EXPECT_EQ(ran.exit.status, 127);
  EXPECT_NE(ran.output.find("could not start: " + app + " is there, but not the interpreter (#!) or dynamic loader " +
                            "that it names: /no/such/loader"),
            std::string::npos)
      << ran.output;
}

TEST_F(Exit, S6_an_essential_service_that_gives_up_ends_all) {
  box.file("db.toml", polite);
  box.file("web.toml",
           "essential = true\ncommand = ['/bin/sh', '-c', 'exit 5']\n[restart]\ndelay = '1ms'\nlimit = 3\n");
  EXPECT_EQ(code(""), 5) << output;
  EXPECT_NE(output.find("exit code 5, for web"), std::string::npos) << output;
}

TEST_F(Exit, S6_a_service_that_is_not_essential_ends_nobody) {
  box.file("web.toml", "command = ['/bin/sh', '-c', 'exit 5']\n[restart]\npolicy = 'never'\n");
  EXPECT_EQ(code(supctl() + " wait web --for failed >/dev/null; exit 4"), 4) << output;
}

TEST_F(Exit, exit_done_ends_with_the_last_task_and_the_code_of_the_one_that_failed) {
  box.file("supd.toml", "[daemon]\nexit = 'done'\n");
  box.file("a.toml", "kind = 'task'\ncommand = ['/bin/true']\n");
  box.file("b.toml", "kind = 'task'\ncommand = ['/bin/sh', '-c', 'exit 6']\n[restart]\npolicy = 'never'\n");
  EXPECT_EQ(code(""), 6) << output;
}

TEST_F(Exit, exit_failure_does_not_wait_for_the_others) {
  box.file("supd.toml", "[daemon]\nexit = 'failure'\n");
  box.file("a.toml", polite);
  box.file("b.toml", "kind = 'task'\ncommand = ['/bin/sh', '-c', 'exit 7']\n[restart]\npolicy = 'never'\n");
  EXPECT_EQ(code(""), 7) << output;
}

TEST_F(Exit, S4_SIGTERM_while_a_unit_backs_off_and_another_waits) {
  box.file("loop.toml", "command = ['/bin/false']\n[restart]\ndelay = '1h'\nmax_delay = '1h'\n");
  box.file("later.toml", "command = ['/bin/sleep', '1000']\n[depends]\nafter = ['slow:completed']\n");
  box.file("slow.toml", "kind = 'task'\ncommand = ['/bin/sleep', '1000']\n");
  EXPECT_EQ(code("until " + supctl() + " status loop | grep -q backoff; do :; done; kill -TERM 1; sleep 1000"), 0)
      << output;
}

TEST_F(Exit, S4_a_second_SIGTERM_kills_what_ignores_the_first) {
  box.file("main.toml", "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  EXPECT_EQ(code("trap 'kill -TERM 1' TERM; kill -TERM 1; while :; do sleep 1000 & wait; done"), 0) << output;
  EXPECT_NE(output.find("SIGTERM again: killing what is left"), std::string::npos) << output;
}

TEST_F(Exit, P3_shutdown_timeout_bounds_the_stop) {
  box.file("main.toml", "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  box.file("supd.toml", "[daemon]\nshutdown_timeout = '50ms'\n");
  EXPECT_EQ(code("trap '' TERM; kill -TERM 1; while :; do sleep 1000; done"), 0) << output;
  EXPECT_NE(output.find("shutdown_timeout is over"), std::string::npos) << output;
}

// Docker and its like kill after 10 seconds, and what would have been said of the end, and its code, are lost.
TEST_F(Exit, P3_a_stop_takes_less_than_ten_seconds_even_when_nobody_reads_the_console) {
  box.file("main.toml", "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  std::string fifo = box.scratch().path() + "/console", asked = box.scratch().file("asked"), line;
  std::string main = "trap \"\" TERM; : >" + asked + "; kill -TERM 1; exec yes";
  for (const std::string& word : box.command(main)) line += " '" + word + "'";
  auto ran =
      integration::run({"/bin/sh", "-c", "mkfifo " + fifo + " && exec 9<>" + fifo + " && exec" + line + " >&9 2>&9"});
  auto end = std::filesystem::file_time_type::clock::now();
  EXPECT_EQ(ran.exit.status, 0) << ran.output;
  // From the request on: what a start takes depends on the machine, and on the build.
  EXPECT_LT(end - std::filesystem::last_write_time(asked), std::chrono::seconds(10));
}

TEST_F(Exit, S3_services_that_exit_at_once_take_no_time) {
  for (int i = 0; i < 20; ++i) box.file("s" + std::to_string(i) + ".toml", "command = ['/bin/sleep', '1000']\n");
  EXPECT_EQ(code("exit 0"), 0) << output;
  EXPECT_EQ(output.find("SIGKILL"), std::string::npos) << output;
}

TEST_F(Exit, signals_have_a_use_or_run_a_command) {
  box.file("supd.toml",
           "[signals]\nSIGUSR2 = ['/bin/sh', '-c', 'echo dumped']\nSIGTERM = 'ignore'\nSIGQUIT = 'kill'\n");
  std::string main = "trap '' QUIT; kill -TERM 1; kill -USR2 1; until " + supctl() +
                     " status signal-SIGUSR2 | grep -q completed; do :; done; kill -QUIT 1; sleep 1000";
  EXPECT_EQ(code(main), 0) << output;
  EXPECT_EQ(count(output, "signal-SIGUSR2 | dumped"), 1U) << output;
  EXPECT_NE(output.find("SIGQUIT: killing everything"), std::string::npos) << output;
}

TEST_F(Exit, the_main_program_reads_what_supd_reads_and_its_arguments_are_literal) {
  auto argv = box.command("read line; echo got $line ${0}");
  argv.emplace_back("${HOME}");
  std::string quoted;
  for (std::string word : argv) {
    for (std::size_t at = 0; (at = word.find('\'', at)) != std::string::npos; at += 4) word.replace(at, 1, "'\\''");
    quoted += " '" + word + "'";
  }
  auto ran = integration::run({"/bin/sh", "-c", "echo from outside |" + quoted});
  EXPECT_EQ(ran.exit.status, 0);
  EXPECT_NE(ran.output.find("main | got from outside ${HOME}\n"), std::string::npos) << ran.output;
}

TEST_F(Exit, the_container_example_does_what_it_says) {
  std::filesystem::copy(SUPD_SOURCE_ROOT "/config/examples/container/units", box.scratch().path());
  std::string seen = "until " + supctl() + " status web | grep -q running; do :; done; ";
  // Time for its trap: it says so when it listens.
  seen += "until " + supctl() + " logs web | grep -q listening; do :; done; ";
  EXPECT_EQ(
      code(seen + "kill -USR2 1; until " + supctl() + " status signal-SIGUSR2 | grep -q completed; do :; done; exit 4"),
      4)
      << output;
  for (const char* line :
       {"migrate | schema is up to date", "web | listening on 8080", "web | bye", "signal-SIGUSR2 | "}) {
    EXPECT_EQ(count(output, line), 1U) << line << " in\n" << output;
  }
}

TEST_F(Exit, lines_are_objects_where_the_console_is_JSON) {
  box.file("supd.toml", "[logging]\nconsole_format = 'json'\n");
  EXPECT_EQ(code("echo hello; echo oh >&2"), 0) << output;
  EXPECT_NE(output.find("\"unit\":\"main\""), std::string::npos) << output;
  EXPECT_NE(output.find("\"stream\":\"stderr\""), std::string::npos) << output;
}

TEST_F(Exit, what_services_write_to_stderr_goes_to_stderr) {
  auto argv = box.command("echo to stdout; echo to stderr >&2");
  std::string line;
  for (const std::string& word : argv) line += " '" + word + "'";
  auto ran = integration::run({"/bin/sh", "-c", "exec 2>/dev/null;" + line});
  EXPECT_NE(ran.output.find("main | to stdout"), std::string::npos) << ran.output;
  EXPECT_EQ(ran.output.find("to stderr"), std::string::npos) << ran.output;
}

TEST_F(Exit, a_main_program_with_a_terminal_controls_it) {
  Contained at_terminal({"--terminal"});
  auto argv = at_terminal.command("test -t 0 && test -t 2 && echo it is one >/dev/tty && exit 9");
  std::string line;
  for (const std::string& word : argv) {
    std::string quoted = word;
    line += (line.empty() ? "" : " ") + ("'" + quoted + "'");
  }
  auto ran = integration::run({"/usr/bin/script", "-qec", line, "/dev/null"});
  EXPECT_EQ(ran.exit.status, 9) << ran.output;
  EXPECT_NE(ran.output.find("it is one"), std::string::npos) << ran.output;
}

}  // namespace
}  // namespace supd::container
