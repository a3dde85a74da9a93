/// A spec written as a unit file and read again is the same spec.

#include "config/show/to_toml.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <random>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

// Each good text of the other tests goes there and back too: unit_of() sees to it.

TEST(ToToml, only_what_is_no_default_is_written) {
  EXPECT_EQ(to_toml(unit_of("command = '/bin/true'\nenabled = true\nrestart.delay = '100ms'\n")),
            "command = [\"/bin/true\"]\n");
  EXPECT_EQ(to_toml(unit_of("kind = 'target'\ndepends.wants = ['web']\n")),
            "kind = \"target\"\n\n[depends]\nwants = [\"web\"]\n");
  EXPECT_EQ(to_toml(unit_of("command = 'x'\nkind = 'task'\nready.on = 'exit'\nrestart.limit = 3\nenv.A = 'b\"'\n"
                            "restart.policy = 'never'\n")),
            "kind = \"task\"\ncommand = [\"x\"]\n\n[env]\nA = \"b\\\"\"\n\n[ready]\non = \"exit\"\n\n[restart]\n"
            "policy = \"never\"\nlimit = 3\n");
}

TEST(ToToml, values_of_files_are_written_with_the_files) {
  FakeHost host;
  host.files["/etc/default/web"] = "A=1\nB=2\n";
  UnitSpec unit = unit_of("command = 'x'\nenv.A = '3'\nenvironment.files = ['/etc/default/web', '-/none']\n", host);
  EXPECT_EQ(to_toml(unit),
            "command = [\"x\"]\n\n[env]\nA = \"3\"\nB = \"2\"\n\n[environment]\nfiles = [\"/etc/default/web\", "
            "\"-/none\"]\n");
  expect_round_trip(unit, host);
}

TEST(ToToml, the_name_of_a_dependency_that_ends_as_a_condition) {
  UnitSpec unit =
      unit_of("command = 'x'\ndepends.after = ['a:started:ready', 'b:strated:ready', 'web:1', 'c:ready']\n");
  EXPECT_EQ(to_toml(unit),
            "command = [\"x\"]\n\n[depends]\nafter = [\"a:started:ready\", \"b:strated:ready\", \"web:1\", \"c\"]\n");
  expect_round_trip(unit);
}

TEST(ToToml, users_and_groups_in_every_combination) {
  FakeHost host;
  for (const char* text : {"user = 'alice'", "user = 'alice'\ngroup = 'adm'", "user = 'alice'\ngroups = []",
                           "user = 'alice'\ngroups = ['adm', 7]", "user = 7\ngroup = 8", "group = 'staff'",
                           "groups = []", "groups = ['adm']", "user = 7\ngroup = 8\ngroups = [9]", "umask = '0'"}) {
    expect_round_trip(unit_of("command = 'x'\n[run_as]\n" + std::string(text) + "\n", host), host);
  }
}

/// Specs as they come out of the loader, with values from all over their ranges.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  UnitSpec unit() {
    UnitSpec unit;
    unit.name = "web";
    unit.description = text("");
    unit.enabled = coin();
    unit.kind = static_cast<Kind>(below(3));
    add_dependencies(unit);
    if (unit.kind == Kind::target) return unit;
    if (coin()) unit.replicas = static_cast<std::uint32_t>(below(1001));
    unit.command = {"/bin/" + text("x"), text(""), text("\n\t\"'")};
    if (coin()) unit.directory = "/" + text("dir");
    add_environment(unit.environment);
    add_restart(unit.restart);
    add_stop(unit.stop);
    add_identity(unit.run_as);
    add_limits(unit.limits);
    add_log(unit.log);
    return unit;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool coin() { return below(2) == 0; }
  /// Spread over all magnitudes.
  std::uint64_t number(std::uint64_t low, std::uint64_t high) {
    std::uint64_t value = low + below(std::uint64_t{1} << (1 + below(62)));
    return value < low || value > high ? low + below(high - low + 1) : value;
  }
  Duration duration(std::uint64_t low = 0) {
    return Duration{static_cast<std::int64_t>(number(low, 365ULL * 24 * 3600 * 1'000'000'000))};
  }
  std::string text(const std::string& more) {
    static const std::vector<std::string> pieces{"a", "Z9",    " ", "\"", "\\", "'", "#",
                                                 "%", "$${A}", "ä", "€",  "😀",  "="};
    std::string out = more;
    for (std::uint64_t i = below(6); i != 0; --i) out += pieces[below(pieces.size())];
    return out;
  }
  int signal() { return coin() ? static_cast<int>(1 + below(31)) : static_cast<int>(34 + below(31)); }

  void add_dependencies(UnitSpec& unit) {
    static const std::vector<std::string> names{"db", "web:1", "getty@tty1", "a:started", "_x.y-z", "b:redy"};
    for (Relation relation : {Relation::requires_, Relation::wants, Relation::binds, Relation::after, Relation::before,
                              Relation::conflicts}) {
      for (std::uint64_t i = below(3); i != 0; --i) {
        Condition condition = relation == Relation::conflicts ? Condition::ready : static_cast<Condition>(below(4));
        unit.depends.push_back({relation, names[below(names.size())], condition, {}});
      }
    }
  }
  void add_environment(EnvironmentSpec& environment) {
    for (const char* name : {"A", "PATH", "_9"})
      if (coin()) environment.values.emplace_back(name, text("\x07\n"));
    environment.inherit_all = coin();
    if (!environment.inherit_all && coin()) environment.inherit = {"HOME", "LANG"};
  }
  ExitSet exits() {
    ExitSet set;
    for (std::uint64_t i = below(4); i != 0; --i) set.codes.push_back(static_cast<int>(below(256)));
    for (std::uint64_t i = below(4); i != 0; --i) set.signals.push_back(signal());
    return set;
  }
  void add_restart(RestartSpec& restart) {
    restart.policy = static_cast<RestartPolicy>(below(3));
    restart.delay = duration();
    restart.max_delay = std::max(restart.delay, duration());
    restart.factor = 1 + static_cast<double>(below(1'000'000)) / 10'200;
    restart.jitter = static_cast<double>(below(1'000'000)) / 1'000'003;
    restart.reset_after = duration();
    restart.limit = static_cast<std::uint32_t>(below(1001));
    restart.window = duration(1);
    restart.retry_after = duration();
    restart.success = exits();
    restart.prevent = exits();
  }
  void add_stop(StopSpec& stop) {
    stop.sequence.clear();
    for (std::uint64_t i = below(4); i != 0; --i) {
      stop.sequence.push_back({signal(), {}});
      stop.sequence.push_back({0, duration(1)});
    }
    stop.sequence.push_back({9, {}});
    stop.scope = static_cast<StopScope>(below(3));
    if (coin()) stop.command = {"/bin/stop", text("")};
  }
  void add_identity(RunAsSpec& run_as) {
    if (coin()) return;
    run_as.uid = static_cast<std::uint32_t>(below(70'000));
    run_as.gid = static_cast<std::uint32_t>(below(70'000));
    run_as.user = std::to_string(run_as.uid);
    run_as.group = std::to_string(run_as.gid);
    run_as.set_uid = run_as.set_gid = run_as.set_groups = true;
    if (coin()) run_as.gids = {7, 8};
    if (!run_as.gids.empty()) run_as.groups = {"7", "8"};
    run_as.set_umask = coin();
    if (run_as.set_umask) run_as.umask = static_cast<std::uint32_t>(below(01000));
  }
  void add_limits(LimitSpec& limits) {
    for (int resource : {RLIMIT_CPU, RLIMIT_STACK, RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_RTTIME}) {
      if (coin()) continue;
      std::uint64_t soft = number(0, ResourceLimit::infinity - 1);
      std::uint64_t hard = coin() ? soft : coin() ? ResourceLimit::infinity : soft + below(~soft);
      limits.rlimits.push_back({resource, coin() && hard == ResourceLimit::infinity ? hard : soft, hard});
    }
    std::ranges::sort(limits.rlimits, {}, &ResourceLimit::resource);
    limits.set_nice = coin();
    if (limits.set_nice) limits.nice = static_cast<int>(below(40)) - 20;
  }
  void add_log(LogSpec& log) {
    log.file = coin();
    log.memory = coin();
    log.console = coin();
    log.journal = coin();
    log.syslog = coin();
    if (coin()) log.path = "/" + text("log");
    log.max_line = number(64, 1024 * 1024);
    log.memory_size = number(0, 1024 * 1024 * 1024);
    log.format = static_cast<LogFormat>(below(3));
    log.on_full = static_cast<OnFull>(below(2));
    log.rate = number(0, 1ULL << 40);
    log.burst = number(0, 1ULL << 40);
    log.rate_lines = static_cast<std::uint32_t>(number(0, 1'000'000'000));
    log.burst_lines = static_cast<std::uint32_t>(number(0, 1'000'000'000));
    log.time = static_cast<LogTime>(below(2));
    log.console_prefix = coin();
    add_rotation(log.rotation);
  }
  void add_rotation(RotationSpec& rotation) {
    rotation.max_size = number(0, 1ULL << 40);
    rotation.max_age = duration();
    rotation.keep = static_cast<std::uint32_t>(below(100'001));
    rotation.keep_total = number(0, 1ULL << 50);
    rotation.keep_age = duration();
    rotation.compress = static_cast<Compression>(below(3));
    if (SUPD_HAS_GZIP == 0 || SUPD_HAS_ZSTD == 0) rotation.compress = Compression::none;
  }

  std::mt19937_64 random_;
};

TEST(ToToml, of_any_spec) {
  unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Generator generator(seed);
  for (int round = 0; round < 500 && !HasFailure(); ++round) expect_round_trip(generator.unit());
}

}  // namespace
}  // namespace supd::config
