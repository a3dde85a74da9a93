/// Warnings: what is legal and probably wrong, in one unit and between units.

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/host/privileges.hpp"
#include "config/lint/lint_units.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

// ---- one unit ----------------------------------------------------------------------------------

/// The first lines of what is said of a unit file, each without its position.
std::string warnings(const ScratchDir& dir, const std::string& text) {
  dir.write("web.toml", text);
  std::string said = load_complaints(dir, {dir.path("web.toml")});
  std::string out;
  for (std::size_t at = said.find(": warning: "); at != std::string::npos; at = said.find(": warning: ", at)) {
    at += 11;
    out += said.substr(at, said.find('\n', at) + 1 - at);
    std::size_t hint = said.find("  hint: ", at);
    out += said.substr(hint, said.find('\n', hint) + 1 - hint);
  }
  return out;
}

std::string script(const ScratchDir& dir, const std::string& first_line) {
  std::string path = dir.write("prog", first_line);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return "command = [\"" + path + "\"]\n";
}

TEST(Lint, C2_the_interpreter_of_a_script) {
  ScratchDir dir;
  EXPECT_EQ(warnings(dir, script(dir, "#!/bin/sh -e\n")), "");
  EXPECT_EQ(warnings(dir, script(dir, "#! /usr/bin/env sh\n")), "");
  EXPECT_EQ(warnings(dir, script(dir, "#!/usr/bin/env -S sh -e\n")), "");
  EXPECT_EQ(warnings(dir, script(dir, "#!")), "");
  EXPECT_EQ(warnings(dir, script(dir, "")), "");
  EXPECT_EQ(warnings(dir, script(dir, "#!/usr/bin/pyhton9\n")),
            "command: \"DIR/prog\" is a script for \"/usr/bin/pyhton9\", which can't be executed\n"
            "  hint: install it, or correct the first line\n");
  EXPECT_EQ(warnings(dir, script(dir, "#!/bin/sh\r\necho\r\n")),
            "command: \"DIR/prog\" is a script for \"/bin/sh\\x0d\", which can't be executed\n"
            "  hint: its lines end as on Windows: remove the carriage returns\n");
  EXPECT_EQ(warnings(dir, script(dir, "#!/usr/bin/env program-of-nobody\n")),
            "command: \"DIR/prog\" is a script for \"program-of-nobody\", which is not in PATH\n"
            "  hint: install it, or correct the first line\n");
}

TEST(Lint, C2_the_command_that_stops_is_looked_for_too) {
  ScratchDir dir;
  EXPECT_EQ(warnings(dir, "command = [\"/bin/true\"]\nstop.command = [\"/no/such\"]\n"),
            "stop.command: there is no program \"/no/such\"\n  hint: install it, or correct the path\n");
}

TEST(Lint, what_is_known_at_the_start_only_is_not_looked_for) {
  ScratchDir dir;
  EXPECT_EQ(warnings(dir, "command = [\"${HOME}/prog\"]\n"), "");
  EXPECT_EQ(warnings(dir, "command = [\"./prog\"]\ndirectory = \"/srv/${NAME:-web}\"\n"), "");
  EXPECT_EQ(warnings(dir, "command = [\"/bin/true\"]\nlog.path = \"/nowhere/${NAME:-web}/log\"\n"), "");
  EXPECT_EQ(warnings(dir, "command = [\"/bin/true\"]\nenvironment.files = [\"-/no/such\"]\n"), "");
}

/// Without CAP_SYS_RESOURCE for a while, if this process has it.
class WithoutTheRight {
 public:
  WithoutTheRight() {
    EXPECT_EQ(::syscall(SYS_capget, &header_, data_), 0);
    __user_cap_data_struct less[_LINUX_CAPABILITY_U32S_3] = {data_[0], data_[1]};
    less[0].effective &= ~(1U << CAP_SYS_RESOURCE);
    EXPECT_EQ(::syscall(SYS_capset, &header_, less), 0);
  }
  ~WithoutTheRight() { EXPECT_EQ(::syscall(SYS_capset, &header_, data_), 0); }
  WithoutTheRight(const WithoutTheRight&) = delete;
  WithoutTheRight& operator=(const WithoutTheRight&) = delete;

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data_[_LINUX_CAPABILITY_U32S_3]{};
};

TEST(Lint, C2_a_limit_that_can_not_be_raised) {
  rlimit present{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &present), 0);
  if (present.rlim_max >= RLIM_INFINITY) GTEST_SKIP() << "the hard limit of open files is unlimited: run it below one";
  ScratchDir dir;
  std::string most = std::to_string(present.rlim_max);
  std::string above =
      "command = [\"/bin/true\"]\nlimits.nofile = \"10:" + std::to_string(present.rlim_max + 1) + "\"\n";
  {
    WithoutTheRight less;
    EXPECT_FALSE(may_raise_limits());
    EXPECT_EQ(warnings(dir, above), "limits.nofile: the hard limit is above the present one, " + most +
                                        ", and can't be raised\n  hint: write at most " + most +
                                        ", or give supd CAP_SYS_RESOURCE\n");
    EXPECT_EQ(warnings(dir, "command = [\"/bin/true\"]\nlimits.nofile = " + most + "\n"), "");
  }
  std::string said = may_raise_limits() ? warnings(dir, above) : "";
  EXPECT_EQ(said, "");
}

// ---- between units -----------------------------------------------------------------------------

SpecPtr service(const std::string& name, const std::string& text = {}) {
  UnitSpec unit = unit_of("command = [\"/bin/true\"]\n" + text);
  unit.name = name;
  std::size_t colon = name.rfind(':');
  if (colon != std::string::npos) unit.replica = static_cast<std::uint32_t>(std::stoul(name.substr(colon + 1)));
  return std::make_shared<UnitSpec>(std::move(unit));
}

SpecPtr with_arguments(const std::string& name, const std::vector<std::string>& arguments) {
  UnitSpec unit = *service(name);
  unit.command.insert(unit.command.end(), arguments.begin(), arguments.end());
  return std::make_shared<UnitSpec>(std::move(unit));
}

std::string said_of(const std::vector<SpecPtr>& units) {
  std::string out;
  lint_units(units, [&out](const UnitSpec& unit, SourcePos where, std::string_view key, const std::string& message,
                           const std::string& hint) {
    out +=
        unit.name + ":" + std::to_string(where.line) + ": " + std::string(key) + ": " + message + "\n  " + hint + "\n";
  });
  return out;
}

TEST(LintUnits, C2_who_is_required_says_when_it_is_ready) {
  std::string open =
      "\"db\" counts as ready as soon as it is spawned: it does not say when it is ready\n"
      "  if that is meant, write in \"db\": ready.on = \"spawn\"\n";
  EXPECT_EQ(said_of({service("web", "depends.requires = [\"db\"]"), service("db")}),
            "web:2: depends.requires: " + open);
  EXPECT_EQ(said_of({service("db"), service("web", "\n[depends]\nbinds = [\"db\"]"),
                     service("api", "depends.requires = [\"db\"]")}),
            "web:4: depends.binds: " + open);
  EXPECT_EQ(said_of({service("web", "depends.requires = [\"db\"]"), service("db", "ready.on = \"spawn\"")}), "");
  EXPECT_EQ(said_of({service("web", "depends.requires = [\"db:started\"]"), service("db")}), "");
  EXPECT_EQ(said_of({service("web", "depends.wants = [\"db\"]"), service("db")}), "");
  EXPECT_EQ(said_of({service("web", "depends.requires = [\"db\"]"), service("db", "kind = \"task\"")}), "");
  EXPECT_EQ(said_of({service("web", "depends.requires = [\"nobody\"]")}), "");
}

TEST(LintUnits, C2_a_set_that_is_required_gives_one_warning) {
  EXPECT_EQ(said_of({service("web:1", "depends.requires = [\"db:1\", \"db:2\"]"),
                     service("web:2", "depends.requires = [\"db:1\", \"db:2\"]"), service("db:1"), service("db:2")}),
            "web:1:2: depends.requires: \"db:1\" counts as ready as soon as it is spawned: it does not say when it is "
            "ready\n  if that is meant, write in \"db\": ready.on = \"spawn\"\n");
}

TEST(LintUnits, C2_a_set_stands_for_its_replicas) {
  UnitSpec set;
  set.name = "db";
  set.kind = Kind::target;
  set.replicas = 2;
  SpecPtr db = std::make_shared<UnitSpec>(set);
  SpecPtr web = service("web", "depends.requires = [\"db\"]");
  EXPECT_EQ(said_of({web, db, service("db:1"), service("db:2")}),
            "web:2: depends.requires: \"db:1\" counts as ready as soon as it is spawned: it does not say when it is "
            "ready\n  if that is meant, write in \"db\": ready.on = \"spawn\"\n");
  EXPECT_EQ(said_of({web, db, service("db:1", "ready.on = \"spawn\""), service("db:2", "ready.on = \"spawn\"")}), "");
  EXPECT_EQ(said_of({web, db}), "");
}

TEST(LintUnits, C2_two_units_with_one_log_file) {
  std::string path = "log.path = \"/var/log/x\"";
  EXPECT_EQ(said_of({service("a", path), service("b", path), service("c", "log.path = \"/var/log/y\"")}),
            "b:1: log.path: log file \"/var/log/x\" is also that of \"a\"\n  give each of the two its own\n");
  EXPECT_EQ(said_of({service("a"), service("b")}), "");
  EXPECT_EQ(said_of({service("a", path), service("b", path + "\nlog.to = [\"memory\"]")}), "");
  UnitSpec masked = *service("b", path);
  masked.masked = true;
  EXPECT_EQ(said_of({service("a", path), std::make_shared<UnitSpec>(masked)}), "");
}

TEST(LintUnits, C2_replicas_share_only_what_names_the_replica) {
  std::string path = "log.path = \"/var/log/x\"";
  EXPECT_EQ(said_of({service("web:1", path), service("web:2", path), service("web:3", path)}),
            "web:2:1: log.path: log file \"/var/log/x\" is that of all replicas of \"web\"\n"
            "  write ${REPLICA} into it, so that each has its own\n");
  std::string own = "log.path = \"/var/log/x${REPLICA}\"";
  EXPECT_EQ(said_of({service("web:1", own), service("web:2", own)}), "");
  EXPECT_EQ(said_of({with_arguments("web:1", {"--port", "80${REPLICA}"}),
                     with_arguments("web:2", {"--port", "80${REPLICA}"})}),
            "");
  EXPECT_EQ(said_of({service("web:1", "env.PORT = \"80\""), service("web:2", "env.PORT = \"80\"")}),
            "web:2:1: env: port 80 is that of all replicas of \"web\"\n"
            "  write ${REPLICA} into it, so that each has its own\n");
}

TEST(LintUnits, C2_two_units_with_one_port) {
  SpecPtr plain = with_arguments("a", {"--port", "8080"});
  std::string also = "port 8080 is also that of \"a\"\n  give each of the two its own\n";
  EXPECT_EQ(said_of({plain, service("b", "env.PORT = \"8080\"")}), "b:1: env: " + also);
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--port=8080"},
                                             {"-v", "--listen", "10.0.0.1:8080"},
                                             {"--bind=[::]:8080"},
                                             {"--addr", ":8080"},
                                             {"--addr=tcp://*:08080"},
                                             {"--listen", "8080"}}) {
    EXPECT_EQ(said_of({plain, with_arguments("b", arguments)}), "b:1: command: " + also) << arguments.back();
  }
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{"--port", "8081"},
                                                                                         {"--port"},
                                                                                         {"8080"},
                                                                                         {"--porthole=8080"},
                                                                                         {"--listen", "/run/x:8080x"},
                                                                                         {"--port", "${PORT}"}}) {
    EXPECT_EQ(said_of({plain, with_arguments("b", arguments)}), "") << arguments.back();
  }
}

TEST(LintUnits, C2_one_port_at_two_addresses) {
  SpecPtr here = with_arguments("a", {"--bind", "10.0.0.1:80"});
  EXPECT_EQ(said_of({here, with_arguments("b", {"--bind", "10.0.0.2:80"})}), "");
  EXPECT_EQ(
      said_of({here, with_arguments("b", {"--bind", "10.0.0.2:80"}), with_arguments("c", {"--bind", "10.0.0.2:80"})}),
      "c:1: command: port 80 is also that of \"b\"\n  give each of the two its own\n");
  EXPECT_EQ(said_of({with_arguments("all", {"--bind", "0.0.0.0:80"}), here}),
            "a:1: command: port 80 is also that of \"all\"\n  give each of the two its own\n");
  EXPECT_EQ(said_of({here, with_arguments("all", {"--bind", "*:80"})}),
            "all:1: command: port 80 is also that of \"a\"\n  give each of the two its own\n");
}

TEST(LintUnits, C2_two_units_with_one_pidfile) {
  SpecPtr first = with_arguments("a", {"--pidfile", "/run/x.pid"});
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--pidfile=/run/x.pid"}, {"--pid-file", "/run/x.pid"}, {"--pid=/run/x.pid"}, {"--pid-path=/run/x.pid"}}) {
    EXPECT_EQ(said_of({first, with_arguments("b", arguments)}),
              "b:1: command: pidfile \"/run/x.pid\" is also that of \"a\"\n  give each of the two its own\n");
  }
  EXPECT_EQ(said_of({first, with_arguments("b", {"--pidfile", "/run/y.pid"})}), "");
  EXPECT_EQ(said_of({with_arguments("web:1", {"--pidfile=/run/${REPLICA}"}),
                     with_arguments("web:2", {"--pidfile=/run/${REPLICA}"})}),
            "");
}

TEST(LintUnits, units_in_conflict_never_run_together) {
  EXPECT_EQ(
      said_of({service("a", "env.PORT = \"80\"\ndepends.conflicts = [\"b\"]"), service("b", "env.PORT = \"80\"")}), "");
  EXPECT_EQ(
      said_of({service("a", "env.PORT = \"80\""), service("b", "env.PORT = \"80\"\ndepends.conflicts = [\"a\"]")}), "");
}

/// Quadratic work would be a hundred million comparisons, which the time limit of the tests does not allow.
TEST(LintUnits, P8_of_ten_thousand_units_each_is_told_of) {
  UnitSpec one = *service("x", "env.PORT = \"80\"\nlog.path = \"/x\"\ndepends.requires = [\"u0\"]");
  one.command.emplace_back("--pidfile=/run/x");
  auto count_for = [&one](int size) {
    std::vector<SpecPtr> units;
    for (int i = 0; i < size; ++i) {
      one.name = "u" + std::to_string(i);
      units.push_back(std::make_shared<UnitSpec>(one));
    }
    int warnings = 0;
    lint_units(units, [&warnings](const UnitSpec&, SourcePos, std::string_view, const std::string&,
                                  const std::string&) { ++warnings; });
    return warnings;
  };
  EXPECT_EQ(count_for(1'000), 3 * 999 + 1);
  EXPECT_EQ(count_for(10'000), 3 * 9'999 + 1);
}

}  // namespace
}  // namespace supd::config
