/// Every kind of bad value, by the exact text that people see.

#include <gtest/gtest.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

struct Bad {
  const char* line;     ///< one line of a unit that is otherwise good
  int column;           ///< where the caret stands
  const char* message;  ///< with its key in front
  const char* hint;
};

/// The line is the second one of a unit with a command.
std::string expected_text(const Bad& bad) {
  std::string at(static_cast<std::size_t>(bad.column - 1), ' ');
  return "web.toml:2:" + std::to_string(bad.column) + ": error: " + bad.message + "\n    2 | " + bad.line +
         "\n      | " + at + "^\n  hint: " + bad.hint + "\n";
}

class BadValue : public testing::TestWithParam<Bad> {};

TEST_P(BadValue, P7_says_where_and_what_to_write) {
  std::string text = std::string("command = [\"/bin/true\"]\n") + GetParam().line + "\n";
  EXPECT_EQ(complaints(text), expected_text(GetParam()));
}

constexpr const char* unit_names = "use 1 to 128 letters, digits and _ . : @ -, with no - or . in front";
constexpr const char* sizes = "write a number and a unit (B KB KiB MB MiB GB GiB), such as \"64KiB\" or \"10MB\"";
constexpr const char* durations = "write a number and a unit (ns us ms s m h d), such as \"250ms\" or \"1m30s\"";

INSTANTIATE_TEST_SUITE_P(
    Plain, BadValue,
    testing::Values(
        Bad{"description = 1", 15, "description: a string is wanted here, not an integer",
            "write: description = \"what it is\""},
        Bad{"description = \"a\\u001b[2J\"", 15, "description: there is a control character in the text",
            "write one line without tabs, newlines and escapes"},
        Bad{"description = \"a\\u0000\"", 15, "description: there is a NUL character in the string",
            "remove \\u0000: nothing outside can receive it"},
        Bad{"kind = \"servise\"", 8, "kind: \"servise\" is not known here", "did you mean \"service\"?"},
        Bad{"kind = \"zzz\"", 8, "kind: \"zzz\" is not known here", "write \"service\", \"task\" or \"target\""},
        Bad{"kind = \"timer\"", 8, "kind: \"timer\" is known but not built yet in this version",
            "write \"service\", \"task\" or \"target\""},
        Bad{"kind = \"socket\"", 8, "kind: \"socket\" is known but not built yet in this version",
            "write \"service\", \"task\" or \"target\""},
        Bad{"kind = true", 8, "kind: \"service\", \"task\" or \"target\" is wanted here, not true or false",
            "write: kind = \"service\""},
        Bad{"enabled = \"yes\"", 11, "enabled: true or false is wanted here, not a string", "write: enabled = true"},
        Bad{"directory = \"srv\"", 13, "directory: \"srv\" is not an absolute path",
            "write the whole path, with a / in front"},
        Bad{"ready.on = \"notify\"", 12, "ready.on: \"notify\" is known but not built yet in this version",
            "write \"spawn\" or \"exit\""},
        Bad{"ready.on = \"exit\"", 12, "ready.on: \"exit\" is not for a service", "write: on = \"spawn\""},
        Bad{"replicas = 1001", 12, "replicas: 1001 is out of range", "write a number from 0 to 1000"},
        Bad{"replicas = \"2\"", 12, "replicas: an integer is wanted here, not a string", "write: replicas = 4"},
        Bad{"restart = \"always\"", 1, "restart: this is a table, not a key with a value",
            "write its keys below a line [restart]"},
        Bad{"user = \"x\"", 1, "user: unknown key", "write it under [run_as]"},
        Bad{"restart.command = \"x\"", 9, "restart.command: unknown key",
            "write it above all [tables]: it belongs to the unit itself"},
        Bad{"restart.zzzzz = 1", 9, "restart.zzzzz: unknown key",
            "known under [restart]: policy, delay, factor, max_delay, jitter, reset_after, limit, window, retry_after, "
            "success or prevent"},
        Bad{"\"restart.delay\" = \"1s\"", 1, "restart.delay: unknown key", "remove the quotes: restart.delay = …"},
        Bad{"\"\" = 1", 1, "unknown key",
            "known here: description, kind, enabled, command, directory, replicas, essential, terminal, input, "
            "depends, env, "
            "environment, ready, restart, stop, reload, hooks, probes, watchdog, run_as, limits, cgroup, security, "
            "log, "
            "timer or socket"}));

INSTANTIATE_TEST_SUITE_P(
    Depends, BadValue,
    testing::Values(
        Bad{"depends.requires = \"db\"", 20, "depends.requires: a list of units is wanted here, not a string",
            "write: requires = [\"db\"]"},
        Bad{"depends.wants = [\"db\", 1]", 24, "depends.wants: a string is wanted here, not an integer",
            "write: wants = [\"db\"]"},
        Bad{"depends.after = [\"a b\"]", 18, "depends.after: \"a b\" can't be the name of a unit", unit_names},
        Bad{"depends.after = [\"\"]", 18, "depends.after: \"\" can't be the name of a unit", unit_names},
        Bad{"depends.after = [\":ready\"]", 18, "depends.after: \"\" can't be the name of a unit", unit_names},
        Bad{"depends.binds = [\"db:strated\"]", 18, "depends.binds: \"strated\" is not a condition",
            "did you mean \"db:started\"?"},
        Bad{"depends.conflicts = [\"db:exited\"]", 22, "depends.conflicts: a conflict takes no condition",
            "write: \"db\""}));

INSTANTIATE_TEST_SUITE_P(
    Environment, BadValue,
    testing::Values(
        Bad{"env = \"A=1\"", 7, "env: a table of strings is wanted here, not a string",
            "write: env = { NAME = \"value\" }"},
        Bad{"env.PORT = 8080", 12, "env.PORT: a string is wanted here, not an integer", "write: PORT = \"8080\""},
        Bad{"env.A = [\"x\"]", 9, "env.A: a string is wanted here, not a list", "write: A = \"value\""},
        Bad{"env.A-B = \"x\"", 5, "env.A-B: \"A-B\" can't be the name of a variable",
            "use letters, digits and _, with no digit in front"},
        Bad{"env.A = \"\\u0000\"", 9, "env.A: there is a NUL character in the string",
            "remove \\u0000: nothing outside can receive it"},
        Bad{"environment.files = [\"etc/x\"]", 22, "environment.files: \"etc/x\" is not an absolute path",
            "write the whole path, with a / in front"},
        Bad{"environment.files = [\"-x\"]", 22, "environment.files: \"x\" is not an absolute path",
            "write the whole path, with a / in front"},
        Bad{"environment.inherit = 1", 23,
            "environment.inherit: true, false or a list of names is wanted here, not an integer",
            "write: inherit = true"},
        Bad{"environment.inherit = [\"A=1\"]", 24, "environment.inherit: \"A=1\" can't be the name of a variable",
            "use letters, digits and _, with no digit in front"}));

INSTANTIATE_TEST_SUITE_P(
    Restart, BadValue,
    testing::Values(
        Bad{"restart.policy = \"allways\"", 18, "restart.policy: \"allways\" is not known here",
            "did you mean \"always\"?"},
        Bad{"restart.delay = 5", 17, "restart.delay: a duration needs a unit: 5 of what?", "write: delay = \"5s\""},
        Bad{"restart.delay = -5", 17, "restart.delay: a duration is wanted here, not an integer",
            "write: delay = \"5s\""},
        Bad{"restart.delay = \"5 s\"", 17, "restart.delay: \"5 s\" is not a duration", durations},
        Bad{"restart.delay = \"-5s\"", 17, "restart.delay: \"-5s\" is not a duration", durations},
        Bad{"restart.reset_after = \"366d\"", 23, "restart.reset_after: \"366d\" is too long",
            "write at most \"365d\""},
        Bad{"restart.delay = \"31s\"", 17, "restart.delay: the first delay (31s) is longer than the longest (30s)",
            "write a max_delay of at least \"31s\", or a shorter delay"},
        Bad{"restart.max_delay = \"50ms\"", 21,
            "restart.max_delay: the first delay (100ms) is longer than the longest (50ms)",
            "write a max_delay of at least \"100ms\", or a shorter delay"},
        Bad{"restart.factor = 0.5", 18, "restart.factor: the number is out of range", "write a number from 1 to 100"},
        Bad{"restart.factor = 101", 18, "restart.factor: the number is out of range", "write a number from 1 to 100"},
        Bad{"restart.factor = nan", 18, "restart.factor: the number is out of range", "write a number from 1 to 100"},
        Bad{"restart.factor = \"2\"", 18, "restart.factor: a number is wanted here, not a string",
            "write: factor = 2.0"},
        Bad{"restart.jitter = inf", 18, "restart.jitter: the number is out of range", "write a number from 0 to 1"},
        Bad{"restart.limit = 1001", 17, "restart.limit: 1001 is out of range", "write a number from 0 to 1000"},
        Bad{"restart.limit = -1", 17, "restart.limit: -1 is out of range", "write a number from 0 to 1000"},
        Bad{"restart.limit = 1.5", 17, "restart.limit: an integer is wanted here, not a number with a fraction",
            "write: limit = 10"},
        Bad{"restart.window = \"0s\"", 18, "restart.window: the duration must be longer than zero",
            "write: window = \"5s\""},
        Bad{"restart.success = 0", 19, "restart.success: a list is wanted here, not an integer",
            "write: success = [0, \"SIGTERM\"]"},
        Bad{"restart.success = [256]", 20, "restart.success: 256 is not an exit code", "exit codes are 0 to 255"},
        Bad{"restart.prevent = [\"SIGTREM\"]", 20, "restart.prevent: \"SIGTREM\" is not a signal",
            "did you mean \"SIGTERM\"?"},
        Bad{"restart.prevent = [\"15\"]", 20, "restart.prevent: \"15\" is not a signal",
            "write the name of a signal, such as \"SIGTERM\""}));

INSTANTIATE_TEST_SUITE_P(
    Stop, BadValue,
    testing::Values(
        Bad{"stop.sequence = [\"SIGTERM\", \"10s\"]", 17,
            "stop.sequence: the sequence does not end with SIGKILL, so a stop might never end",
            "write: sequence = [\"SIGTERM\", \"10s\", \"SIGKILL\"]"},
        Bad{"stop.sequence = []", 17,
            "stop.sequence: the sequence does not end with SIGKILL, so a stop might never end",
            "write: sequence = [\"SIGTERM\", \"10s\", \"SIGKILL\"]"},
        Bad{"stop.sequence = [\"SIGTERM\", \"SIGKILL\"]", 29, "stop.sequence: a wait is wanted here",
            "signals and waits stand in turn: write: sequence = [\"SIGTERM\", \"10s\", \"SIGKILL\"]"},
        Bad{"stop.sequence = [\"10s\", \"SIGKILL\"]", 18, "stop.sequence: a signal is wanted here",
            "signals and waits stand in turn: write: sequence = [\"SIGTERM\", \"10s\", \"SIGKILL\"]"},
        Bad{"stop.sequence = [\"SIGTERN\", \"10s\", \"SIGKILL\"]", 18,
            "stop.sequence: \"SIGTERN\" is neither a signal nor a duration", "did you mean \"SIGTERM\"?"},
        Bad{"stop.sequence = [\"SIGTERM\", 10, \"SIGKILL\"]", 29,
            "stop.sequence: 10 is neither a signal nor a duration", "write \"10s\" to wait"},
        Bad{"stop.sequence = [\"SIGTERM\", \"10\", \"SIGKILL\"]", 29,
            "stop.sequence: \"10\" is neither a signal nor a duration", "write \"SIGTERM\" or \"10s\""},
        Bad{"stop.sequence = [\"SIGTERM\", \"0s\", \"SIGKILL\"]", 29,
            "stop.sequence: a wait must be longer than zero and at most 365d", "write a wait such as \"10s\""},
        Bad{"stop.sequence = \"SIGKILL\"", 17,
            "stop.sequence: a list of signals and durations is wanted here, not a string",
            "write: sequence = [\"SIGTERM\", \"10s\", \"SIGKILL\"]"},
        Bad{"stop.scope = \"trees\"", 14, "stop.scope: \"trees\" is not known here", "did you mean \"tree\"?"},
        Bad{"stop.command = \"\"", 16, "stop.command: the command is empty",
            "write: command = [\"/usr/bin/program\", \"argument\"]"}));

INSTANTIATE_TEST_SUITE_P(
    LimitsAndLog, BadValue,
    testing::Values(
        Bad{"limits.nofile = \"10k\"", 17, "limits.nofile: \"10k\" is not a limit",
            "write: nofile = 1024, \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.nofile = \"1:2:3\"", 17, "limits.nofile: \"1:2:3\" is not a limit",
            "write: nofile = 1024, \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.nofile = \"1:\"", 17, "limits.nofile: \"1:\" is not a limit",
            "write: nofile = 1024, \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.core = \"1x\"", 15, "limits.core: \"1x\" is not a limit",
            "write: core = \"64MiB\", \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.core = \"18446744073709551615\"", 15, "limits.core: \"18446744073709551615\" is not a limit",
            "write: core = \"64MiB\", \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.core = -1", 15, "limits.core: -1 is out of range",
            "write: core = \"64MiB\", \"unlimited\", or \"SOFT:HARD\""},
        Bad{"limits.nproc = \"10:5\"", 16, "limits.nproc: the soft limit is above the hard limit",
            "write the smaller number first: \"SOFT:HARD\""},
        Bad{"limits.nice = 20", 15, "limits.nice: 20 is out of range", "write a number from -20 to 19"},
        Bad{"log.to = \"file\"", 10, "log.to: a list is wanted here, not a string",
            "write: to = [\"file\", \"memory\"]"},
        Bad{"log.to = [\"none\", \"file\"]", 10, "log.to: \"none\" stands beside other destinations",
            "write: to = [\"none\"], or leave \"none\" out"},
        Bad{"log.to = [\"jornal\"]", 11, "log.to: \"jornal\" is not known here", "did you mean \"journal\"?"},
        Bad{"log.to = [\"none\", \"syslog\"]", 10, "log.to: \"none\" stands beside other destinations",
            "write: to = [\"none\"], or leave \"none\" out"},
        Bad{"log.time = \"UTC\"", 12, "log.time: \"UTC\" is not known here", "write \"utc\" or \"local\""},
        Bad{"log.rate_lines = \"10\"", 18, "log.rate_lines: an integer is wanted here, not a string",
            "write: rate_lines = 10"},
        Bad{"log.burst_lines = -1", 19, "log.burst_lines: -1 is out of range", "write a number from 0 to 1000000000"},
        Bad{"log.console_prefix = \"no\"", 22, "log.console_prefix: true or false is wanted here, not a string",
            "write: console_prefix = true"},
        Bad{"log.max_line = \"63\"", 16, "log.max_line: 63B is out of range", "write a size from \"64B\" to \"1MiB\""},
        Bad{"log.max_line = \"many\"", 16, "log.max_line: \"many\" is not a size", sizes},
        Bad{"log.memory = \"2GiB\"", 14, "log.memory: 2GiB is out of range", "write a size from \"0\" to \"1GiB\""},
        Bad{"log.keep = 100001", 12, "log.keep: 100001 is out of range", "write a number from 0 to 100000"},
        Bad{"log.max_size = \"2TiB\"", 16, "log.max_size: 2TiB is out of range", "write a size from \"0\" to \"1TiB\""},
        Bad{"log.memory = 1.5", 14, "log.memory: a size is wanted here, not a number with a fraction",
            "write: memory = \"64KiB\""}));

TEST(BadUnits, commands) {
  EXPECT_EQ(complaints("command = []\n"),
            "web.toml:1:11: error: command: the command is empty\n"
            "    1 | command = []\n"
            "      |           ^\n"
            "  hint: write: command = [\"/usr/bin/program\", \"argument\"]\n");
  EXPECT_EQ(complaints("command = \"a 'b\"\n"),
            "web.toml:1:11: error: command: a single quote (') is not closed\n"
            "    1 | command = \"a 'b\"\n"
            "      |           ^\n"
            "  hint: close it, or write the command as a list: [\"/usr/bin/program\", \"argument\"]\n");
  EXPECT_EQ(complaints("command = \"a | b\"\n"),
            "web.toml:1:11: warning: command: no shell is started: \"|\" is passed on as it is\n"
            "    1 | command = \"a | b\"\n"
            "      |           ^\n"
            "  hint: quote it if that is meant; if not, write [\"/bin/sh\", \"-c\", \"...\"]\n");
  EXPECT_EQ(complaints("command = [\"a\", 1, \"b\\u0000\"]\n"),
            "web.toml:1:17: error: command: a string is wanted here, not an integer\n"
            "    1 | command = [\"a\", 1, \"b\\u0000\"]\n"
            "      |                 ^\n"
            "  hint: write: command = [\"/usr/bin/program\", \"argument\"]\n"
            "web.toml:1:20: error: command: there is a NUL character in the string\n"
            "    1 | command = [\"a\", 1, \"b\\u0000\"]\n"
            "      |                    ^\n"
            "  hint: remove \\u0000: nothing outside can receive it\n");
  std::string text = complaints("command = [\"a\", \"" + std::string(131'072, 'x') + "\"]\n");
  EXPECT_NE(text.find("error: command: an argument of 131072 bytes is longer than the kernel takes"),
            std::string::npos);
}

TEST(BadUnits, a_service_and_a_task_need_a_command_and_a_target_has_none) {
  EXPECT_EQ(complaints("description = \"x\"\n"),
            "web.toml:1:1: error: command: the service has no command\n"
            "    1 | description = \"x\"\n"
            "      | ^\n"
            "  hint: write: command = [\"/usr/bin/program\"], or kind = \"target\" for a unit without a process\n");
  EXPECT_EQ(complaints("[units.a]\n\n[units.b]\nkind = \"task\"\n", "all.toml"),
            "all.toml:1:8: error: command: the service has no command\n"
            "    1 | [units.a]\n"
            "      |        ^\n"
            "  hint: write: command = [\"/usr/bin/program\"], or kind = \"target\" for a unit without a process\n"
            "all.toml:3:8: error: command: the task has no command\n"
            "    3 | [units.b]\n"
            "      |        ^\n"
            "  hint: write: command = [\"/usr/bin/program\"], or kind = \"target\" for a unit without a process\n");
  EXPECT_EQ(complaints("kind = \"target\"\nrestart.policy = \"always\"\n"),
            "web.toml:2:9: error: restart.policy: a target has no process, so this has no meaning for it\n"
            "    2 | restart.policy = \"always\"\n"
            "      |         ^\n"
            "  hint: remove it, or write kind = \"service\" or kind = \"task\"\n");
  EXPECT_EQ(complaints("kind = \"task\"\ncommand = \"x\"\nready.on = \"spawn\"\n"),
            "web.toml:3:12: error: ready.on: \"spawn\" is not for a task\n"
            "    3 | ready.on = \"spawn\"\n"
            "      |            ^\n"
            "  hint: write: on = \"exit\"\n");
}

TEST(BadUnits, a_bad_kind_gives_one_error_not_two) {
  EXPECT_EQ(load_text("web.toml", "kind = \"timer\"\n").errors, 1U);
}

TEST(BadUnits, names) {
  EXPECT_EQ(complaints("[units.\"a b\"]\ncommand = \"x\"\nlimit = 1\n", "all.toml"),
            "all.toml:1:8: error: \"a b\" can't be the name of a unit\n"
            "    1 | [units.\"a b\"]\n"
            "      |        ^\n"
            "  hint: use 1 to 128 letters, digits and _ . : @ -, with no - or . in front\n"
            "all.toml:3:1: error: limit: unknown key\n"
            "    3 | limit = 1\n"
            "      | ^\n"
            "  hint: write it under [restart]\n");
  EXPECT_EQ(complaints("command = \"x\"\n", "@.toml"),
            "@.toml:1:1: error: \"@\" can't be the name of a unit\n"
            "    1 | command = \"x\"\n"
            "      | ^\n"
            "  hint: use 1 to 128 letters, digits and _ . : @ -, with no - or . in front\n");
}

}  // namespace
}  // namespace supd::config
