// What no file says: the command behind "--", and what holds for PID 1; and the units of [signals].

#include "config/load/given.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

struct GivenTest : testing::Test {
  Loaded load_with(Given given) {
    LoadRequest request{.paths = {dir.path()}, .given = std::move(given), .trust_all = true, .look_at_machine = false};
    Loaded loaded = load(request);
    for (const Diagnostic& each : loaded.diagnostics) wrong += each.message + "\n";
    return loaded;
  }
  ScratchDir dir;
  std::string wrong;
};

TEST_F(GivenTest, a_command_is_an_essential_unit_that_is_never_restarted) {
  Loaded loaded = load_with({.command = {"/bin/echo", "${HOME}", "50%", "a'b"}});
  ASSERT_TRUE(loaded.ok()) << wrong;
  ASSERT_EQ(loaded.units.size(), 1U);
  const UnitSpec& main = *loaded.units[0].spec;
  EXPECT_EQ(main.name, "main");
  EXPECT_TRUE(main.essential);
  EXPECT_EQ(main.restart.policy, RestartPolicy::never);
  EXPECT_TRUE(main.terminal.read_own);
  EXPECT_EQ(main.command, (std::vector<std::string>{"/bin/echo", "$${HOME}", "50%", "a'b"}))
      << "a shell has expanded what was to be expanded";
}

TEST_F(GivenTest, at_a_terminal_it_gets_the_terminal) {
  Loaded loaded = load_with({.command = {"/bin/sh"}, .terminal = true});
  ASSERT_TRUE(loaded.ok()) << wrong;
  EXPECT_TRUE(loaded.units[0].spec->terminal.inherit);
  EXPECT_FALSE(loaded.units[0].spec->terminal.read_own);
}

TEST_F(GivenTest, a_unit_file_says_otherwise_but_for_the_command) {
  dir.write("db.toml", "command = ['/bin/db']\n");
  dir.write(
      "main.toml",
      "command = ['/bin/other']\nessential = false\n[depends]\nrequires = ['db']\n[restart]\npolicy = 'always'\n");
  Loaded loaded = load_with({.command = {"/bin/given"}});
  ASSERT_TRUE(loaded.ok()) << wrong;
  const UnitSpec& main = *loaded.find("main")->spec;
  EXPECT_EQ(main.command, std::vector<std::string>{"/bin/given"});
  EXPECT_FALSE(main.essential);
  EXPECT_EQ(main.restart.policy, RestartPolicy::always);
  EXPECT_EQ(main.depends.size(), 1U);
}

TEST_F(GivenTest, an_empty_command_is_an_error_that_names_the_command_line) {
  Loaded loaded = load_with({.command = {""}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.diagnostics[0].file, "command line");
}

TEST_F(GivenTest, PID_1_of_a_container_logs_to_the_console_and_stops_within_8_seconds) {
  dir.write("web.toml", "command = ['/bin/web']\n");
  dir.write("quiet.toml", "command = ['/bin/quiet']\n[log]\nto = ['memory']\n");
  Loaded loaded = load_with({.container = true});
  ASSERT_TRUE(loaded.ok()) << wrong;
  EXPECT_EQ(loaded.daemon.shutdown_timeout, 8s);
  EXPECT_TRUE(loaded.find("web")->spec->log.console);
  EXPECT_FALSE(loaded.find("web")->spec->log.file);
  EXPECT_FALSE(loaded.find("quiet")->spec->log.console);
}

TEST_F(GivenTest, files_beat_what_holds_for_PID_1) {
  dir.write("supd.toml", "[daemon]\nshutdown_timeout = '1m'\n[defaults.log]\nto = ['file']\nmax_line = '1KiB'\n");
  dir.write("web.toml", "command = ['/bin/web']\n");
  Loaded loaded = load_with({.container = true});
  ASSERT_TRUE(loaded.ok()) << wrong;
  EXPECT_EQ(loaded.daemon.shutdown_timeout, 60s);
  EXPECT_FALSE(loaded.find("web")->spec->log.console);
  EXPECT_TRUE(loaded.find("web")->spec->log.file);
}

TEST_F(GivenTest, it_is_there_again_when_the_configuration_is_read_again) {
  dir.write("web.toml", "command = ['/bin/web']\n");
  LoadRequest request{.paths = {dir.path()}, .given = {.command = {"/bin/x"}}, .trust_all = true};
  request.previous = std::make_shared<const Loaded>(load(request));
  dir.write("web.toml", "command = ['/bin/web', '2']\n");
  Loaded again = load(request);
  ASSERT_NE(again.find("main"), nullptr);
  EXPECT_EQ(*again.find("main")->spec, *request.previous->find("main")->spec);
}

TEST(Signals, a_word_or_a_command_that_becomes_a_task) {
  Loaded loaded = load_text("supd.toml",
                            "[signals]\nSIGUSR2 = ['/bin/dump', 'all']\nSIGTERM = 'ignore'\n\"SIGRTMIN+3\" = 'kill'\n");
  ASSERT_TRUE(loaded.ok()) << loaded.diagnostics[0].message;
  ASSERT_EQ(loaded.daemon.signals.size(), 3U);
  EXPECT_EQ(loaded.daemon.signals[0], (SignalRule{SIGUSR2, SignalUse::run, {"/bin/dump", "all"}}));
  EXPECT_EQ(loaded.daemon.signals[1], (SignalRule{SIGTERM, SignalUse::ignore, {}}));
  EXPECT_EQ(loaded.daemon.signals[2].signal, 37);
  const Unit* task = loaded.find("signal-SIGUSR2");
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->spec->kind, Kind::task);
  EXPECT_FALSE(task->spec->enabled);
  EXPECT_EQ(task->spec->restart.policy, RestartPolicy::never);
  EXPECT_EQ(task->spec->where.line, 2U);
  EXPECT_EQ(loaded.units.size(), 1U);
}

TEST(Signals, P7_what_can_not_be_is_an_error_with_its_place) {
  auto complaint = [](const char* line) {
    Loaded loaded = load_text("supd.toml", std::string("[signals]\n") + line + "\n");
    return loaded.diagnostics.empty() ? "" : loaded.diagnostics[0].message + " - " + loaded.diagnostics[0].hint;
  };
  EXPECT_EQ(complaint("SIGKILL = 'stop'"), "\"SIGKILL\" can't be used for that - use another one, such as SIGUSR2");
  EXPECT_EQ(complaint("usr2 = 'stop'"), "\"usr2\" can't be used for that - write SIGUSR2");
  EXPECT_EQ(complaint("SIGUSR3 = 'stop'"), "\"SIGUSR3\" is no signal - write a name as in signal(7), such as SIGUSR2");
  EXPECT_NE(complaint("SIGUSR2 = 'restart'"), "");
  EXPECT_NE(complaint("SIGUSR2 = []"), "");
  EXPECT_NE(complaint("SIGUSR2 = 5"), "");
}

TEST(Signals, a_unit_may_not_be_called_as_one_of_them) {
  Loaded loaded =
      load_text("supd.toml", "[signals]\nSIGUSR2 = ['/bin/dump']\n[units.signal-SIGUSR2]\ncommand = ['/bin/x']\n");
  EXPECT_FALSE(loaded.ok());
}

TEST(Terminal, a_path_or_what_supd_has) {
  EXPECT_EQ(unit_of("command = ['/sbin/getty']\nterminal = '/dev/tty1'\n").terminal.path, "/dev/tty1");
  EXPECT_TRUE(unit_of("command = ['/bin/sh']\nterminal = 'inherit'\n").terminal.inherit);
  EXPECT_TRUE(unit_of("command = ['/bin/cat']\ninput = 'inherit'\n").terminal.read_own);
  EXPECT_NE(complaints("command = ['/bin/cat']\ninput = 'inherit'\nterminal = 'inherit'\n"), "");
}

}  // namespace
}  // namespace supd::config
