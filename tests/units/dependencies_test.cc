// What [depends] means, told as text: who starts, waits, stops and fails with whom.

#include "units/supervisor.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;
using enum Condition;

TEST(Dependencies, conditions_gate_the_start) {
  Scenario s({task("seed"), service("web", {on(requires_, "seed", completed)}),
              service("report", {on(wants, "seed", exited)}), service("side", {on(after, "seed", started)})});
  s.boot();
  EXPECT_EQ(s.state("web").state, State::waiting);
  EXPECT_EQ(s.state("report").state, State::waiting);
  EXPECT_EQ(s.state("side").state, State::running);
  EXPECT_EQ(s.why("web"), "web: waits until seed has completed (requires)\nseed: its process was started\n");
  s.exit("seed", 0);
  EXPECT_EQ(s.state("web").state, State::running);
  EXPECT_EQ(s.state("report").state, State::running);
}

TEST(Dependencies, before_is_after_the_other_way_round) {
  Scenario s({task("late"), task("early", {on(before, "late")})});
  s.boot();
  EXPECT_EQ(s.state("late").state, State::waiting);
  s.exit("early", 0);
  EXPECT_EQ(s.state("late").state, State::running);
}

TEST(Dependencies, starting_one_starts_what_it_needs) {
  UnitSpec db = service("db");
  db.enabled = false;
  UnitSpec web = service("web", {on(requires_, "db")});
  web.enabled = false;
  Scenario s({db, web});
  s.boot();
  s.command(Command::start, {"web"});
  EXPECT_EQ(s.log(),
            "web waiting: asked for by hand\n"
            "db waiting: needed by web\n"
            "db starting: everything it waited for is there\n"
            "db spawn\n"
            "db running: its process was started\n"
            "web starting: everything it waited for is there\n"
            "web spawn\n"
            "web running: its process was started\n");
}

TEST(Dependencies, S7_a_stop_goes_in_reverse_order) {
  Scenario s({service("db"), service("web", {on(requires_, "db")})});
  s.boot();
  s.log();
  s.command(Command::stop, {"db"});
  EXPECT_EQ(s.log(), "web stopping: requires db, which has stopped\nweb SIGTERM\nweb timer 10s\n");
  EXPECT_EQ(s.why("db"),
            "db: told to stop: asked for by hand; first web has to stop\n"
            "web: told to stop: requires db, which has stopped\n");
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(),
            "web inactive: requires db, which has stopped\n"
            "db stopping: asked for by hand\ndb SIGTERM\ndb timer 10s\n");
}

TEST(Dependencies, requires_survives_a_restart_and_binds_follows_it) {
  Scenario s({service("db"), service("web", {on(requires_, "db")}), service("sidecar", {on(binds, "db")})});
  s.boot();
  s.log();
  s.command(Command::restart, {"db"});
  EXPECT_EQ(s.log(), "sidecar stopping: is bound to db, which restarts\nsidecar SIGTERM\nsidecar timer 10s\n");
  s.kill("sidecar", SIGTERM);
  s.kill("db", SIGTERM);
  EXPECT_EQ(s.state("web").run, RunId{2});
  EXPECT_EQ(s.state("web").state, State::running);
  EXPECT_EQ(s.state("sidecar").state, State::running);
  EXPECT_GT(s.state("sidecar").run, s.state("db").run);
}

TEST(Dependencies, B4_a_unit_that_waits_for_a_crashed_dependency_starts_once) {
  Scenario s({service("db"), service("web", {on(requires_, "db")})});
  s.boot();
  s.kill("db", SIGKILL);
  s.command(Command::restart, {"web"});
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.state("web").state, State::waiting);
  s.command(Command::restart, {"web"});
  s.command(Command::start, {"web"});
  s.log();
  s.pass(100ms);
  EXPECT_EQ(s.log(),
            "db waiting: restart delay is over\ndb starting: everything it waited for is there\ndb spawn\n"
            "db running: its process was started\n"
            "web starting: everything it waited for is there\nweb spawn\nweb running: its process was started\n");
}

TEST(Dependencies, B3_dependents_of_a_unit_that_gives_up_say_why) {
  UnitSpec db = service("db");
  db.restart.limit = 1;
  Scenario s({db, service("web", {on(requires_, "db", completed)}), service("proxy", {on(requires_, "web")})});
  s.boot();
  s.log();
  s.exit("db", 3);
  EXPECT_EQ(s.log(),
            "db failed: gave up after 1 starts; the last one exited with 3\n"
            "web failed: requires db, which has failed\n"
            "proxy failed: requires web, which has failed\n");
  EXPECT_EQ(s.why("proxy"),
            "proxy: requires web, which has failed\nweb: requires db, which has failed\n"
            "db: gave up after 1 starts; the last one exited with 3\n");
  s.command(Command::start, {"db"});
  EXPECT_EQ(s.state("web").state, State::waiting) << "it comes back with what it requires";
}

TEST(Dependencies, B3_a_dependency_that_dies_while_its_dependent_starts) {
  Scenario s({task("seed"), service("web", {on(requires_, "seed")})});
  s.boot();
  s.log();
  s.kill("seed", SIGSEGV);
  EXPECT_EQ(s.log(), "seed failed: killed by SIGSEGV\nweb failed: requires seed, which has failed\n");
  s.command(Command::start, {"web"});
  EXPECT_EQ(s.state("seed").state, State::running) << "a start by hand tries the failed dependency again";
}

TEST(Dependencies, wants_lives_without_what_failed) {
  UnitSpec cache = service("cache");
  cache.restart.policy = RestartPolicy::never;
  Scenario s({cache, service("web", {on(wants, "cache")})});
  s.fail_spawns("cache", ENOENT);
  s.boot();
  EXPECT_EQ(s.state("cache").state, State::failed);
  EXPECT_EQ(s.state("web").state, State::running);
}

TEST(Dependencies, conflicts_stop_each_other) {
  UnitSpec blue = service("blue", {on(conflicts, "green")});
  UnitSpec green = service("green");
  green.enabled = false;
  Scenario s({blue, green});
  s.boot();
  s.log();
  s.command(Command::start, {"green"});
  EXPECT_EQ(s.log(),
            "green waiting: asked for by hand\n"
            "blue stopping: conflicts with green, which was started\nblue SIGTERM\nblue timer 10s\n");
  s.kill("blue", SIGTERM);
  EXPECT_EQ(s.state("green").state, State::running);
  EXPECT_EQ(s.state("blue").state, State::inactive);
}

TEST(Dependencies, a_target_stands_for_its_set) {
  Scenario s({service("db"), service("web", {on(requires_, "db")}),
              target("site", {on(requires_, "web"), on(requires_, "db")})});
  s.boot();
  EXPECT_EQ(s.state("site").state, State::running);
  s.log();
  s.command(Command::stop, {"site"});
  s.kill("web", SIGTERM);
  s.kill("db", SIGTERM);
  EXPECT_EQ(s.state("site").state, State::inactive);
  EXPECT_EQ(s.state("db").state, State::inactive);
  s.command(Command::start, {"site"});
  EXPECT_EQ(s.state("site").state, State::running);
}

// Found by the simulation: the stop of `web` was taken back in the same breath in which `db` was restarted.
TEST(Dependencies, S7_a_stop_that_is_taken_back_leaves_the_order_of_a_restart) {
  Scenario s({service("db"), service("web", {on(binds, "db")}), service("proxy", {on(requires_, "web")})});
  s.boot();
  s.command(Command::stop, {"web"});
  s.log();
  s.command(Command::restart, {"db", "proxy"});
  s.kill("proxy", SIGTERM);
  EXPECT_EQ(
      s.log(),
      "proxy waiting: asked for by hand\nweb stopping: is bound to db, which restarts\nweb SIGTERM\nweb timer 10s\n");
  s.kill("web", SIGTERM);
  s.kill("db", SIGTERM);
  for (const char* name : {"db", "web", "proxy"}) EXPECT_EQ(s.state(name).state, State::running) << name;
}

TEST(Dependencies, a_dependent_that_is_down_only_after_its_dependency_is_back_starts_again) {
  UnitSpec db = service("db");
  db.restart.policy = RestartPolicy::never;
  Scenario s({db, service("web", {on(requires_, "db")})});
  s.boot();
  s.exit("db", 1);
  EXPECT_EQ(s.state("web").state, State::stopping);
  s.command(Command::start, {"db"});
  EXPECT_EQ(s.state("db").state, State::running);
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.state("web").state, State::running);
}

TEST(Dependencies, nothing_starts_for_a_moment_on_a_required_service_that_has_completed) {
  UnitSpec web = service("web", {on(requires_, "db", started)});
  web.enabled = false;
  Scenario s({service("db"), web});
  s.boot();
  s.exit("db", 0);
  s.log();
  s.command(Command::start, {"web"});
  EXPECT_EQ(s.log(), "web waiting: asked for by hand\nweb inactive: requires db, which has stopped\n");
}

}  // namespace
}  // namespace supd::testing
