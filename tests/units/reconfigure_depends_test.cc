// Another configuration while units run: dependencies that come and go, keys that hold at once, and how long it takes.

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;
using enum Condition;

TEST(ReconfigureDepends, a_new_requirement_of_a_running_unit_is_started_and_nothing_stops) {
  Scenario s({service("web"), disabled(service("db"))});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure({service("web", {on(requires_, "db"), on(binds, "mail")}), disabled(service("db")),
                             disabled(service("mail", {on(after, "slow")})), task("slow")}));
  EXPECT_EQ(s.log(),
            "slow waiting: the configuration changed\ndb waiting: needed by web\nmail waiting: needed by web\n"
            "db starting: everything it waited for is there\ndb spawn\n"
            "slow starting: everything it waited for is there\nslow spawn\n"
            "db running: its process was started\nslow running: its process was started\n");
  // Another configuration in between does not make the new bond an old one.
  EXPECT_TRUE(s.reconfigure({service("web", {on(requires_, "db"), on(binds, "mail")}), disabled(service("db")),
                             disabled(service("mail", {on(after, "slow")})), task("slow"), service("x")}));
  s.exit("slow", 0);
  EXPECT_EQ(s.state("mail").state, State::running);
  EXPECT_EQ(s.state("web").state, State::running);
  EXPECT_EQ(s.state("web").run, RunId{1}) << "it kept its process";
  s.log();
  s.command(Command::restart, {"mail"});
  EXPECT_EQ(s.log(), "web stopping: is bound to mail, which restarts\nweb SIGTERM\nweb timer 10s\n");
}

TEST(ReconfigureDepends, a_new_requirement_that_had_failed_is_tried_again) {
  UnitSpec db = service("db");
  db.restart.policy = RestartPolicy::never;
  Scenario s({service("web"), db});
  s.boot();
  s.exit("db", 1);
  s.log();
  EXPECT_TRUE(s.reconfigure({service("web", {on(requires_, "db")}), db}));
  EXPECT_EQ(s.state("db").state, State::running);
  EXPECT_EQ(s.state("web").state, State::running);
  s.log();
  s.exit("db", 1);
  EXPECT_EQ(s.log(),
            "db failed: exited with 1\nweb stopping: requires db, which has failed\nweb SIGTERM\nweb timer 10s\n")
      << "from then on the ordinary rules apply";
}

TEST(ReconfigureDepends, a_new_requirement_that_nobody_can_start_pulls_down) {
  Scenario s({service("web"), masked(service("db"))});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure({service("web", {on(requires_, "db")}), masked(service("db"))}));
  EXPECT_EQ(s.log(), "web stopping: requires db, which has stopped\nweb SIGTERM\nweb timer 10s\n");
}

TEST(ReconfigureDepends, a_new_conflict_stops_nothing) {
  Scenario s({service("a"), service("b")});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure({service("a", {on(conflicts, "b")}), service("b")}));
  EXPECT_EQ(s.log(), "");
}

TEST(ReconfigureDepends, gates_that_were_waited_for_open_when_the_dependency_goes) {
  Scenario s({service("web", {on(requires_, "slow")}), task("slow")});
  s.boot();
  s.log();
  EXPECT_EQ(s.state("web").state, State::waiting);
  EXPECT_TRUE(s.reconfigure({service("web"), task("slow")}));
  EXPECT_EQ(s.log(),
            "web starting: everything it waited for is there\nweb spawn\nweb running: its process was started\n");
}

TEST(ReconfigureDepends, what_failed_for_a_dependency_is_tried_again_without_it) {
  UnitSpec db = service("db");
  db.restart.policy = RestartPolicy::never;
  Scenario s({db, service("web", {on(requires_, "db")}), service("still", {on(requires_, "db")})});
  s.fail_spawns("db", ENOENT);
  s.boot();
  EXPECT_EQ(s.state("web").state, State::failed);
  s.log();
  EXPECT_TRUE(s.reconfigure({db, service("web"), service("still", {on(requires_, "db"), on(after, "web")})}));
  EXPECT_EQ(s.log(),
            "web waiting: the configuration changed\nweb starting: everything it waited for is there\n"
            "web spawn\nweb running: its process was started\n");
}

TEST(ReconfigureDepends, the_stop_order_is_the_new_one) {
  Scenario s({service("a"), service("b", {on(after, "a")})});
  s.boot();
  EXPECT_TRUE(s.reconfigure({service("a", {on(after, "b")}), service("b")}));
  s.log();
  s.shutdown();
  EXPECT_EQ(s.log(), "a stopping: supd shuts down\na SIGTERM\na timer 10s\n");
}

TEST(ReconfigureDepends, members_that_a_running_target_gains_are_started) {
  Scenario s({target("apps", {on(wants, "a")}), disabled(service("a"))});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure(
      {target("apps", {on(wants, "a"), on(wants, "b")}), disabled(service("a")), disabled(service("b"))}));
  EXPECT_EQ(s.log(),
            "b waiting: needed by apps\nb starting: everything it waited for is there\n"
            "b spawn\nb running: its process was started\n");
}

TEST(ReconfigureLive, restart_and_stop_keys_hold_from_the_next_decision_on_and_timers_stay) {
  Scenario s({service("web")});
  s.boot();
  s.exit("web", 1);
  s.log();
  UnitSpec slower = service("web");
  slower.restart.delay = 5s;
  slower.restart.factor = 1;
  slower.stop.sequence = {{SIGINT, {}}, {0, 1s}, {SIGKILL, {}}};
  EXPECT_TRUE(s.reconfigure({slower}));
  EXPECT_EQ(s.log(), "");
  s.pass(100ms);
  EXPECT_EQ(s.state("web").state, State::running);
  s.log();
  s.exit("web", 1);
  EXPECT_EQ(s.log(), "web backoff: exited with 1\nweb timer 5s\n");
  s.pass(5s);
  s.log();
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web stopping: asked for by hand\nweb SIGINT\nweb timer 1s\n");
}

TEST(ReconfigureLive, P3_a_stop_whose_sequence_gets_shorter_under_way_still_ends) {
  UnitSpec patient = service("web");
  patient.stop.sequence = {{SIGTERM, {}}, {0, 1s}, {SIGINT, {}}, {0, 1s}, {SIGKILL, {}}};
  Scenario s({patient});
  s.boot();
  s.command(Command::stop, {"web"});
  s.pass(1s);
  UnitSpec brisk = service("web");
  brisk.stop.sequence = {{SIGKILL, {}}};
  s.reconfigure({brisk});
  s.log();
  s.pass(1s);
  EXPECT_EQ(s.log(), "web SIGKILL\n");
}

TEST(ReconfigureLive, P3_a_kill_stays_a_kill_when_the_sequence_gets_longer) {
  UnitSpec brisk = service("web");
  brisk.stop.sequence = {{SIGKILL, {}}};
  Scenario s({brisk});
  s.boot();
  s.command(Command::stop, {"web"});
  UnitSpec patient = service("web");
  patient.stop.sequence = {{SIGTERM, {}}, {0, 1s}, {SIGKILL, {}}};
  s.reconfigure({patient});
  s.log();
  s.kill("web", SIGKILL, false);
  EXPECT_EQ(s.log(), "web SIGKILL\n") << "for what was being forked, and no gentler signal";
}

TEST(ReconfigureLive, a_lowered_limit_keeps_no_more_starts_than_it_counts) {
  UnitSpec spec = service("web");
  spec.restart.limit = 5;
  Scenario s({spec});
  s.boot();
  for (int i = 0; i < 3; ++i) {
    s.exit("web", 1);
    s.pass(1s);
  }
  EXPECT_EQ(s.state("web").recent_starts.size(), 4U);
  spec.restart.limit = 2;
  spec.restart.window = 100ms;
  s.reconfigure({spec});
  s.exit("web", 1);
  s.pass(2s);
  EXPECT_EQ(s.state("web").recent_starts.size(), 2U);
}

TEST(ReconfigureScale, C2_ten_thousand_units_with_one_changed) {
  std::vector<SpecPtr> specs;
  for (int i = 0; i < 10000; ++i) {
    std::vector<Dependency> depends;
    if (i > 0) depends.push_back(on(requires_, "unit" + std::to_string(i - 1)));
    specs.push_back(std::make_shared<const UnitSpec>(service("unit" + std::to_string(i), depends)));
  }
  Supervisor supervisor = std::move(Supervisor::load(specs).value());
  Actions out;
  supervisor.boot(Instant{1h}, out);
  UnitSpec changed = *specs[5000];
  changed.description = "another";
  specs[5000] = std::make_shared<const UnitSpec>(changed);
  out.clear();
  auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(supervisor.reconfigure({specs, {}}, Instant{2h}, out));
  auto took = std::chrono::steady_clock::now() - before;
  // Printed, not asserted: machines are noisy.
  std::printf("one of 10000 units changed in %.1f ms\n", std::chrono::duration<double, std::milli>(took).count());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].kind, ActionKind::adopt);
}

}  // namespace
}  // namespace supd::testing
