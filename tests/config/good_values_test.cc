/// Every key that is built, with the values it takes.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* minimal = "command = [\"/bin/true\"]\n";

UnitSpec with(const std::string& text) { return unit_of(minimal + text); }

TEST(GoodValues, a_command_is_enough) {
  UnitSpec unit = unit_of(minimal);
  UnitSpec expected;
  expected.name = "web";
  expected.command = {"/bin/true"};
  EXPECT_EQ(unit, expected);
  EXPECT_EQ(unit.where.line, 1U);
  EXPECT_EQ(unit.where.column, 1U);
}

TEST(GoodValues, plain_keys) {
  UnitSpec unit = with("description = \"the web server\"\nkind = \"task\"\nenabled = false\ndirectory = \"/srv\"\n");
  EXPECT_EQ(unit.description, "the web server");
  EXPECT_EQ(unit.kind, Kind::task);
  EXPECT_FALSE(unit.enabled);
  EXPECT_EQ(unit.directory, "/srv");
  EXPECT_EQ(with("kind = \"service\"").kind, Kind::service);
  EXPECT_EQ(unit_of("kind = \"target\"").kind, Kind::target);
  EXPECT_TRUE(with("enabled = true").enabled);
  EXPECT_EQ(with("directory = \"\"").directory, "");
}

TEST(GoodValues, a_command_as_a_list_or_as_a_string) {
  EXPECT_EQ(unit_of(R"(command = ["/usr/sbin/nginx", "-g", "daemon off;", ""])").command,
            (Texts{"/usr/sbin/nginx", "-g", "daemon off;", ""}));
  EXPECT_EQ(unit_of(R"(command = "/usr/sbin/nginx -g 'daemon off;' \"\"")").command,
            (Texts{"/usr/sbin/nginx", "-g", "daemon off;", ""}));
}

TEST(GoodValues, dependencies_with_conditions_and_exact_positions) {
  UnitSpec unit = with(R"([depends]
wants = ["cache:started",
         "web:1"]
requires = ["db", "migrate:completed", "job:exited", "x:ready"]
binds = ["a"]
after = ["b"]
before = ["c"]
conflicts = ["d"]
)");
  ASSERT_EQ(unit.depends.size(), 10U);
  EXPECT_EQ(unit.depends[0], (Dependency{Relation::requires_, "db", Condition::ready, {}}));
  EXPECT_EQ(unit.depends[0].where.line, 5U);
  EXPECT_EQ(unit.depends[0].where.column, 13U);
  EXPECT_EQ(unit.depends[1], (Dependency{Relation::requires_, "migrate", Condition::completed, {}}));
  EXPECT_EQ(unit.depends[2], (Dependency{Relation::requires_, "job", Condition::exited, {}}));
  EXPECT_EQ(unit.depends[3], (Dependency{Relation::requires_, "x", Condition::ready, {}}));
  EXPECT_EQ(unit.depends[4], (Dependency{Relation::wants, "cache", Condition::started, {}}));
  EXPECT_EQ(unit.depends[5], (Dependency{Relation::wants, "web:1", Condition::ready, {}}));
  EXPECT_EQ(unit.depends[5].where.line, 4U);
  EXPECT_EQ(unit.depends[5].where.column, 10U);
  EXPECT_EQ(unit.depends[9], (Dependency{Relation::conflicts, "d", Condition::ready, {}}));
}

TEST(GoodValues, environment) {
  UnitSpec unit = with("[env]\nB = \"2\"\nA = \"1\"\n[environment]\ninherit = false\n");
  EXPECT_EQ(unit.environment.values, (std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "2"}}));
  EXPECT_FALSE(unit.environment.inherit_all);
  unit = with("environment.inherit = [\"PATH\", \"TZ\"]");
  EXPECT_FALSE(unit.environment.inherit_all);
  EXPECT_EQ(unit.environment.inherit, (Texts{"PATH", "TZ"}));
  EXPECT_TRUE(with("environment.inherit = true").environment.inherit_all);
}

TEST(GoodValues, readiness_that_needs_nothing) {
  EXPECT_EQ(shown(with("ready.on = \"spawn\""), "ready.on"), "\"spawn\"");
  EXPECT_EQ(shown(with("kind = \"task\"\nready.on = \"exit\""), "ready.on"), "\"exit\"");
}

TEST(GoodValues, readiness_that_was_written_down_is_remembered_and_makes_no_difference) {
  EXPECT_TRUE(with("ready.on = \"spawn\"").ready_given.yes);
  EXPECT_FALSE(with("").ready_given.yes);
  EXPECT_EQ(with("ready.on = \"spawn\""), with(""));
}

TEST(GoodValues, replicas) {
  EXPECT_EQ(with("").replicas, std::nullopt);
  EXPECT_EQ(shown(with(""), "replicas"), "(none)");
  EXPECT_EQ(with("replicas = 0").replicas, 0U);
  EXPECT_EQ(with("replicas = 1000").replicas, 1000U);
  EXPECT_EQ(shown(with("replicas = 4"), "replicas"), "4");
}

TEST(GoodValues, restart) {
  UnitSpec unit = with(R"([restart]
policy = "always"
delay = "250ms"
factor = 3
max_delay = "1m30s"
jitter = 0
reset_after = "0"
limit = 0
window = "1h"
retry_after = "5m"
success = [0, 3, "SIGTERM", "SIGINT"]
prevent = [78, "sigsegv"]
)");
  EXPECT_EQ(unit.restart.policy, RestartPolicy::always);
  EXPECT_EQ(unit.restart.delay, 250ms);
  EXPECT_EQ(unit.restart.factor, 3.0);
  EXPECT_EQ(unit.restart.max_delay, 90s);
  EXPECT_EQ(unit.restart.jitter, 0.0);
  EXPECT_EQ(unit.restart.reset_after, 0s);
  EXPECT_EQ(unit.restart.limit, 0U);
  EXPECT_EQ(unit.restart.window, 1h);
  EXPECT_EQ(unit.restart.retry_after, 5min);
  EXPECT_EQ(unit.restart.success, (ExitSet{{0, 3}, {15, 2}}));
  EXPECT_EQ(unit.restart.prevent, (ExitSet{{78}, {11}}));
  EXPECT_EQ(with("restart.policy = \"never\"").restart.policy, RestartPolicy::never);
  EXPECT_EQ(with("restart.policy = \"on-failure\"").restart.policy, RestartPolicy::on_failure);
  EXPECT_EQ(with("restart.success = []").restart.success, (ExitSet{}));
}

TEST(GoodValues, stop) {
  UnitSpec unit = with(R"([stop]
sequence = ["SIGTERM", "10s", "SIGRTMIN+3", "500ms", "SIGKILL"]
scope = "main"
command = "/bin/nicely stop"
)");
  EXPECT_EQ(unit.stop.sequence, (std::vector<StopStep>{{15, {}}, {0, 10s}, {37, {}}, {0, 500ms}, {9, {}}}));
  EXPECT_EQ(unit.stop.scope, StopScope::main_alone);
  EXPECT_EQ(unit.stop.command, (Texts{"/bin/nicely", "stop"}));
  EXPECT_EQ(with("stop.sequence = [\"SIGKILL\"]").stop.sequence, (std::vector<StopStep>{{9, {}}}));
  EXPECT_EQ(with("stop.scope = \"group\"").stop.scope, StopScope::group);
  EXPECT_EQ(with("stop.scope = \"tree\"").stop.scope, StopScope::tree);
  EXPECT_TRUE(with("stop.command = []").stop.command.empty());
}

TEST(GoodValues, limits) {
  UnitSpec unit = with(R"([limits]
nofile = 65536
core = "unlimited"
data = "1GiB"
stack = "8MiB:unlimited"
as = "512"
cpu = "60:120"
nproc = "100"
nice = -5
)");
  auto infinity = ResourceLimit::infinity;
  EXPECT_EQ(unit.limits.rlimits, (std::vector<ResourceLimit>{{RLIMIT_CPU, 60, 120},
                                                             {RLIMIT_DATA, 1ULL << 30, 1ULL << 30},
                                                             {RLIMIT_STACK, 8ULL << 20, infinity},
                                                             {RLIMIT_CORE, infinity, infinity},
                                                             {RLIMIT_NPROC, 100, 100},
                                                             {RLIMIT_NOFILE, 65536, 65536},
                                                             {RLIMIT_AS, 512, 512}}));
  EXPECT_TRUE(unit.limits.set_nice);
  EXPECT_EQ(unit.limits.nice, -5);
}

TEST(GoodValues, every_limit_reaches_its_resource) {
  const std::vector<std::pair<std::string, int>> limits{{"nofile", RLIMIT_NOFILE},
                                                        {"core", RLIMIT_CORE},
                                                        {"data", RLIMIT_DATA},
                                                        {"stack", RLIMIT_STACK},
                                                        {"as", RLIMIT_AS},
                                                        {"cpu", RLIMIT_CPU},
                                                        {"fsize", RLIMIT_FSIZE},
                                                        {"memlock", RLIMIT_MEMLOCK},
                                                        {"nproc", RLIMIT_NPROC},
                                                        {"rss", RLIMIT_RSS},
                                                        {"msgqueue", RLIMIT_MSGQUEUE},
                                                        {"sigpending", RLIMIT_SIGPENDING},
                                                        {"rtprio", RLIMIT_RTPRIO},
                                                        {"rttime", RLIMIT_RTTIME}};
  for (const auto& [name, resource] : limits) {
    UnitSpec unit = with("limits." + name + " = \"7:unlimited\"");
    EXPECT_EQ(unit.limits.rlimits, (std::vector<ResourceLimit>{{resource, 7, ResourceLimit::infinity}})) << name;
    EXPECT_FALSE(unit.limits.set_nice);
  }
}

TEST(GoodValues, log_limits_and_format) {
  UnitSpec unit = with("[log]\nformat = \"json\"\nrate = \"10KB\"\nburst = \"1MiB\"\non_full = \"block\"\n");
  EXPECT_EQ(unit.log.format, LogFormat::json);
  EXPECT_EQ(unit.log.rate, 10'000U);
  EXPECT_EQ(unit.log.burst, 1U << 20);
  EXPECT_EQ(unit.log.on_full, OnFull::block);
  EXPECT_EQ(with("log.format = \"raw\"").log.format, LogFormat::raw);
  EXPECT_EQ(with("log.on_full = \"drop\"").log, LogSpec());
}

TEST(GoodValues, log_lines_time_and_prefix) {
  UnitSpec unit = with("[log]\nrate_lines = 100\nburst_lines = 1000000000\ntime = \"local\"\nconsole_prefix = false\n");
  EXPECT_EQ(unit.log.rate_lines, 100U);
  EXPECT_EQ(unit.log.burst_lines, 1'000'000'000U);
  EXPECT_EQ(unit.log.time, LogTime::local);
  EXPECT_FALSE(unit.log.console_prefix);
  EXPECT_EQ(with("[log]\ntime = \"utc\"\nconsole_prefix = true\nrate_lines = 0").log, LogSpec());
}

TEST(GoodValues, log_compress) {
  EXPECT_EQ(UnitSpec().log.rotation.compress, Compression::none);
  if (SUPD_HAS_GZIP != 0) {
    EXPECT_EQ(with("log.compress = \"gzip\"").log.rotation.compress, Compression::gzip);
  }
  if (SUPD_HAS_ZSTD != 0) {
    EXPECT_EQ(with("log.compress = \"zstd\"").log.rotation.compress, Compression::zstd);
  }
}

TEST(GoodValues, log_rotation) {
  UnitSpec unit =
      with("[log]\nmax_size = \"1MiB\"\nmax_age = \"12h\"\nkeep = 3\nkeep_total = \"1GB\"\nkeep_age = \"30d\"\n");
  EXPECT_EQ(
      unit.log.rotation,
      (RotationSpec{.max_size = 1 << 20, .max_age = 12h, .keep = 3, .keep_total = 1'000'000'000, .keep_age = 720h}));
  unit = with("log.max_size = 0\nlog.max_age = \"0\"\nlog.keep = 0");
  EXPECT_EQ(unit.log.rotation, (RotationSpec{.max_size = 0, .max_age = 0s, .keep = 0}));
}

TEST(GoodValues, log) {
  UnitSpec unit = with("[log]\nto = [\"console\"]\npath = \"/var/log/web\"\nmax_line = \"1MiB\"\nmemory = 4096\n");
  EXPECT_TRUE(unit.log.console);
  EXPECT_FALSE(unit.log.file);
  EXPECT_FALSE(unit.log.memory);
  EXPECT_EQ(unit.log.path, "/var/log/web");
  EXPECT_EQ(unit.log.max_line, 1ULL << 20);
  EXPECT_EQ(unit.log.memory_size, 4096U);
  unit = with("log.to = [\"none\"]");
  EXPECT_FALSE(unit.log.console || unit.log.file || unit.log.memory);
  unit = with("log.to = [\"file\", \"memory\", \"console\"]");
  EXPECT_TRUE(unit.log.console && unit.log.file && unit.log.memory);
  EXPECT_FALSE(unit.log.journal || unit.log.syslog);
  unit = with("log.to = [\"syslog\", \"journal\"]");
  EXPECT_TRUE(unit.log.journal && unit.log.syslog);
  EXPECT_FALSE(unit.log.console || unit.log.file || unit.log.memory);
  EXPECT_EQ(shown(unit, "log.to"), "[\"journal\", \"syslog\"]");
}

TEST(GoodValues, many_units_in_one_file_keep_their_order) {
  Loaded loaded = load_text("all.toml",
                            "[units.web]\ncommand = [\"a\"]\n\n[units.\"db:1\"]\nkind = \"target\"\n"
                            "[units.app.depends]\nrequires = [\"web\"]\n[units.app]\ncommand = \"b\"\n");
  ASSERT_TRUE(loaded.ok()) << render(loaded.diagnostics, false);
  ASSERT_EQ(loaded.units.size(), 3U);
  EXPECT_EQ(loaded.units[0].spec->name, "web");
  EXPECT_EQ(loaded.units[0].spec->where.line, 1U);
  EXPECT_EQ(loaded.units[0].spec->where.column, 8U);
  EXPECT_EQ(loaded.units[1].spec->name, "db:1");
  EXPECT_EQ(loaded.units[2].spec->name, "app");
  EXPECT_EQ(loaded.files, (Texts{"all.toml"}));
}

TEST(GoodValues, C2_an_order_that_means_nothing_and_comments_are_no_change) {
  UnitSpec before = with("[env]\nA = \"1\"\nB = \"2\"\n[depends]\nrequires = [\"x\"]\nwants = [\"y\"]\n");
  UnitSpec after = with("# a comment\n[depends]\nwants = [\"y\"]\nrequires = [\"x\"]\n[env]\nB = \"2\"\nA = \"1\"\n");
  EXPECT_EQ(before, after);
  EXPECT_NE(before, with("[env]\nA = \"1\"\nB = \"3\"\n[depends]\nrequires = [\"x\"]\nwants = [\"y\"]\n"));
}

}  // namespace
}  // namespace supd::config
