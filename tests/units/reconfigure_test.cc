// Another configuration while units run: what is started, stopped, restarted and left alone, told as text.

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;
using enum Condition;

/// The same unit with another command: what `restart` is for.
UnitSpec other_command(UnitSpec spec) {
  spec.command.emplace_back("--other");
  return spec;
}

std::string names(const Supervisor& supervisor) {
  std::string out;
  for (UnitId unit : supervisor.units()) out += supervisor.spec(unit).name + " ";
  return out;
}

TEST(Reconfigure, C2_the_same_configuration_changes_nothing) {
  std::vector<UnitSpec> specs{service("db"), service("web", {on(requires_, "db"), on(wants, "cache")}),
                              service("cache"), service("down")};
  Scenario s(specs);
  s.boot();
  s.command(Command::stop, {"down"});
  s.kill("down", SIGTERM);
  s.log();
  EXPECT_TRUE(s.reconfigure(specs));
  EXPECT_EQ(s.log(), "");
}

TEST(Reconfigure, C2_one_unit_changes_and_all_others_keep_their_runs) {
  std::vector<UnitSpec> specs;
  for (int i = 0; i < 50; ++i) {
    std::vector<Dependency> depends;
    if (i > 0) depends.push_back(on(requires_, "u" + std::to_string(i - 1)));
    specs.push_back(service("u" + std::to_string(i), depends));
  }
  Scenario s(specs);
  s.boot();
  s.log();
  specs[20] = other_command(specs[20]);
  EXPECT_TRUE(s.reconfigure(specs, {"u20"}));
  EXPECT_EQ(s.log(), "u20 stopping: the configuration changed\nu20 SIGTERM\nu20 timer 10s\n");
  s.kill("u20", SIGTERM);
  EXPECT_EQ(s.log(),
            "u20 waiting: the configuration changed\n"
            "u20 starting: everything it waited for is there\nu20 spawn\nu20 running: its process was started\n");
}

TEST(Reconfigure, an_added_unit_that_is_enabled_is_started_and_told_in_order) {
  Scenario s({service("b")});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure(
      {service("a", {on(requires_, "c")}), service("b"), disabled(service("c")), disabled(service("d"))}));
  EXPECT_EQ(s.log(),
            "a waiting: the configuration changed\nc waiting: needed by a\n"
            "c starting: everything it waited for is there\nc spawn\nc running: its process was started\n"
            "a starting: everything it waited for is there\na spawn\na running: its process was started\n");
  EXPECT_EQ(names(s.supervisor()), "a b c d ");
  EXPECT_EQ(s.state("d").state, State::inactive);
}

TEST(Reconfigure, a_removed_unit_stops_and_is_forgotten_when_its_last_process_is_gone) {
  Scenario s({service("a"), service("b")});
  s.boot();
  s.log();
  UnitId b = s.id("b");
  EXPECT_TRUE(s.reconfigure({service("a")}));
  EXPECT_EQ(s.log(), "b stopping: removed from the configuration\nb SIGTERM\nb timer 10s\n");
  EXPECT_EQ(names(s.supervisor()), "a ");
  EXPECT_FALSE(s.supervisor().find("b").valid());
  EXPECT_TRUE(s.supervisor().known(b));
  s.gone(b);
  EXPECT_EQ(s.log(), "b inactive: removed from the configuration\nb is gone: removed from the configuration\n");
  EXPECT_FALSE(s.supervisor().known(b));
}

TEST(Reconfigure, removed_units_that_are_down_are_gone_at_once) {
  UnitSpec failing = service("failed");
  failing.restart.policy = RestartPolicy::never;
  Scenario s({failing, service("backoff"), service("stopped"), task("done"), service("a"),
              service("waiting", {on(after, "later")}), service("later", {on(after, "backoff")})});
  s.fail_spawns("backoff", ENOENT);
  s.boot();
  s.exit("failed", 1);
  s.exit("done", 0);
  s.command(Command::stop, {"stopped"});
  s.kill("stopped", SIGTERM);
  s.log();
  EXPECT_TRUE(s.reconfigure({service("a")}));
  EXPECT_EQ(s.log(),
            "failed is gone: removed from the configuration\n"
            "backoff inactive: removed from the configuration\nbackoff is gone: removed from the configuration\n"
            "stopped is gone: removed from the configuration\n"
            "done is gone: removed from the configuration\n"
            "waiting inactive: removed from the configuration\nwaiting is gone: removed from the configuration\n"
            "later inactive: removed from the configuration\nlater is gone: removed from the configuration\n");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
}

TEST(Reconfigure, removed_units_stop_in_the_order_of_their_old_dependencies) {
  Scenario s({service("db"), service("app", {on(requires_, "db")}), service("web", {on(after, "app")})});
  s.boot();
  UnitId app = s.id("app"), db = s.id("db");
  s.log();
  EXPECT_TRUE(s.reconfigure({service("db")}));
  EXPECT_EQ(s.log(), "web stopping: removed from the configuration\nweb SIGTERM\nweb timer 10s\n");
  EXPECT_TRUE(s.reconfigure({}));
  EXPECT_EQ(s.log(), "") << "db was removed later and waits for both";
  s.gone(UnitId{2});
  EXPECT_EQ(s.log(),
            "web inactive: removed from the configuration\nweb is gone: removed from the configuration\n"
            "app stopping: removed from the configuration\napp SIGTERM\napp timer 10s\n");
  s.gone(app);
  EXPECT_EQ(s.log(),
            "app inactive: removed from the configuration\napp is gone: removed from the configuration\n"
            "db stopping: removed from the configuration\ndb SIGTERM\ndb timer 10s\n");
  s.gone(db);
  EXPECT_EQ(s.log(), "db inactive: removed from the configuration\ndb is gone: removed from the configuration\n");
}

TEST(Reconfigure, what_restarts_stops_before_the_unit_that_it_no_longer_needs) {
  Scenario s({service("redis"), service("web", {on(requires_, "redis")})});
  s.boot();
  s.log();
  EXPECT_TRUE(s.reconfigure({other_command(service("web"))}, {"web"}));
  EXPECT_EQ(s.log(), "web stopping: the configuration changed\nweb SIGTERM\nweb timer 10s\n");
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(),
            "web waiting: the configuration changed\n"
            "redis stopping: removed from the configuration\nredis SIGTERM\nredis timer 10s\n"
            "web starting: everything it waited for is there\nweb spawn\nweb running: its process was started\n");
}

TEST(Reconfigure, P3_old_order_that_contradicts_the_new_one_is_dropped) {
  Scenario s({service("c"), service("b", {on(after, "c")}), service("a", {on(after, "b")})});
  s.boot();
  s.log();
  // a after b after c, and now c after a: not all of it can hold.
  EXPECT_TRUE(s.reconfigure({other_command(service("a")), other_command(service("c", {on(after, "a")}))}, {"a", "c"}));
  EXPECT_NE(s.log(), "") << "or all three wait for each other";
  s.gone(UnitId{1});
  s.kill("c", SIGTERM);
  s.kill("a", SIGTERM);
  EXPECT_EQ(s.state("a").state, State::running);
  EXPECT_EQ(s.state("c").state, State::running);
}

TEST(Reconfigure, shutdown_and_kill_reach_units_that_were_removed) {
  Scenario s({service("a"), service("b")});
  s.boot();
  UnitId b = s.id("b");
  s.reconfigure({service("a")});
  s.log();
  s.shutdown();
  s.kill_all();
  EXPECT_EQ(s.log(), "a stopping: supd shuts down\na SIGTERM\na timer 10s\na SIGKILL\nb SIGKILL\n");
  s.kill("a", SIGKILL);
  EXPECT_EQ(s.log(), "a inactive: supd shuts down\n");
  s.gone(b);
  EXPECT_EQ(s.log(),
            "b inactive: removed from the configuration\nb is gone: removed from the configuration\nall stopped\n");
}

TEST(Reconfigure, P1_another_kind_is_another_unit_that_waits_for_the_old_process) {
  std::vector<UnitSpec> specs{task("job"), service("web", {on(requires_, "job", started)}),
                              service("bound", {on(binds, "job", started)})};
  Scenario s(specs);
  s.boot();
  UnitId old = s.id("job");
  s.log();
  specs[0] = service("job");
  EXPECT_TRUE(s.reconfigure(specs));
  EXPECT_NE(s.id("job"), old);
  EXPECT_EQ(s.log(),
            "job waiting: the configuration changed\n"
            "bound stopping: is bound to job, which restarts\nbound SIGTERM\nbound timer 10s\n");
  s.kill("bound", SIGTERM);
  EXPECT_EQ(s.log(),
            "bound waiting: is bound to job, which restarts\n"
            "job stopping: the configuration changed\njob SIGTERM\njob timer 10s\n");
  s.gone(old);
  EXPECT_EQ(s.log(),
            "job inactive: the configuration changed\njob is gone: the configuration changed\n"
            "job starting: everything it waited for is there\njob spawn\njob running: its process was started\n"
            "bound starting: everything it waited for is there\nbound spawn\nbound running: its process was started\n");
  EXPECT_EQ(s.state("web").run, RunId{2}) << "it kept its process";
}

TEST(Reconfigure, P1_a_unit_that_comes_again_waits_for_the_process_of_before) {
  Scenario s({service("a"), service("web")});
  s.boot();
  UnitId old = s.id("web");
  s.reconfigure({service("a")});
  s.log();
  EXPECT_TRUE(s.reconfigure({service("a"), service("web")}));
  EXPECT_EQ(s.log(), "web waiting: the configuration changed\n");
  EXPECT_NE(s.id("web"), old);
  EXPECT_EQ(s.why("web"),
            "web: waits until the last process of what it was before is gone\n"
            "web: told to stop: removed from the configuration\n");
  s.gone(old);
  EXPECT_EQ(s.log(),
            "web inactive: removed from the configuration\nweb is gone: the configuration changed\n"
            "web starting: everything it waited for is there\nweb spawn\nweb running: its process was started\n");
}

TEST(Reconfigure, of_another_kind_keeps_the_wish_not_enabled) {
  Scenario s({service("stopped"), disabled(service("by_hand"))});
  s.boot();
  s.command(Command::start, {"by_hand"});
  s.command(Command::stop, {"stopped"});
  s.kill("stopped", SIGTERM);
  UnitId by_hand = s.id("by_hand");
  EXPECT_TRUE(s.reconfigure({task("stopped"), disabled(task("by_hand"))}));
  s.gone(by_hand);
  EXPECT_EQ(s.state("stopped").state, State::inactive);
  EXPECT_EQ(s.state("by_hand").state, State::running);
}

TEST(Reconfigure, slots_are_used_again_and_told_under_the_new_name) {
  Scenario s({service("db"), service("web", {on(requires_, "db")})});
  s.boot();
  UnitId db = s.id("db");
  s.command(Command::stop, {"db"});
  s.kill("web", SIGTERM);
  s.kill("db", SIGTERM);
  s.log();
  s.reconfigure({service("web")});
  EXPECT_EQ(s.supervisor().cause_sentence(s.id("web")), "requires db, which has stopped");
  s.reconfigure({service("web"), disabled(service("mail"))});
  EXPECT_EQ(s.id("mail"), db);
  EXPECT_EQ(s.why("web"), "web: requires db, which has stopped\n");
  EXPECT_EQ(s.supervisor().size(), 2U);
}

TEST(Reconfigure, P8_slots_do_not_grow_with_time) {
  Scenario s({service("a")});
  s.boot();
  for (int i = 0; i < 1000; ++i) {
    s.reconfigure({service("a"), service("b" + std::to_string(i))});
    UnitId added = s.id("b" + std::to_string(i));
    s.reconfigure({service("a")});
    s.gone(added);
    ASSERT_LE(s.supervisor().size(), 2U);
  }
}

TEST(Reconfigure, restart_reaches_what_backs_off_gave_up_or_completed_and_forgets_the_counts) {
  auto limited = [](std::string name) {
    UnitSpec spec = service(std::move(name));
    spec.restart.limit = 1;
    return spec;
  };
  Scenario s({service("backoff"), limited("gave_up"), task("done"), service("stopped"), target("group")});
  s.boot();
  s.exit("backoff", 1);
  s.exit("gave_up", 1);
  s.exit("done", 0);
  s.command(Command::stop, {"stopped"});
  s.kill("stopped", SIGTERM);
  s.log();
  EXPECT_TRUE(s.reconfigure({other_command(service("backoff")), other_command(limited("gave_up")),
                             other_command(task("done")), other_command(service("stopped")), target("group")},
                            {"backoff", "gave_up", "done", "stopped", "group"}));
  EXPECT_EQ(s.state("backoff").state, State::running);
  EXPECT_EQ(s.state("backoff").delays_taken, 0U);
  EXPECT_EQ(s.state("gave_up").state, State::running);
  EXPECT_EQ(s.state("gave_up").recent_starts.size(), 1U);
  EXPECT_EQ(s.state("done").state, State::running);
  EXPECT_EQ(s.state("stopped").state, State::inactive) << "nobody wants it";
  EXPECT_EQ(s.log().find("group"), std::string::npos) << "a target has no process";
}

TEST(Reconfigure, C2_a_process_that_must_be_replaced_ends_even_when_its_stop_is_taken_back) {
  std::vector<UnitSpec> specs{service("db"), service("web", {on(requires_, "db")})};
  Scenario s(specs);
  s.boot();
  s.command(Command::stop, {"db"});
  s.log();
  specs[0] = other_command(specs[0]);
  s.reconfigure(specs, {"db"});
  s.command(Command::start, {"db"});
  EXPECT_EQ(s.state("db").intent, Intent::bounce);
  s.kill("web", SIGTERM);
  s.kill("db", SIGTERM);
  EXPECT_EQ(s.state("db").state, State::running);
  EXPECT_EQ(s.state("db").run, RunId{3});
}

TEST(Reconfigure, C2_a_restart_brings_nothing_back_that_was_stopped_by_hand) {
  std::vector<UnitSpec> specs{service("cache"), service("web", {on(wants, "cache")})};
  Scenario s(specs);
  s.boot();
  s.command(Command::stop, {"cache"});
  s.kill("cache", SIGTERM);
  specs[1] = other_command(specs[1]);
  s.reconfigure(specs, {"web"});
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.state("web").state, State::running);
  EXPECT_EQ(s.state("cache").state, State::inactive);
}

TEST(Reconfigure, a_bad_graph_changes_nothing_and_tells_everything) {
  Scenario s({service("a"), service("b")});
  s.boot();
  s.log();
  EXPECT_FALSE(s.reconfigure({service("a", {on(requires_, "x"), on(wants, "a")}), service("c")}, {"a"}));
  ASSERT_EQ(s.errors().size(), 2U);
  EXPECT_EQ(s.errors()[0].message, "requires 'x', which is not a unit");
  EXPECT_EQ(s.log(), "");
  EXPECT_EQ(names(s.supervisor()), "a b ");
}

TEST(Reconfigure, is_refused_while_supd_shuts_down) {
  Scenario s({service("a")});
  s.boot();
  s.shutdown();
  s.log();
  EXPECT_FALSE(s.reconfigure({service("a"), service("b")}));
  ASSERT_EQ(s.errors().size(), 1U);
  EXPECT_EQ(s.errors()[0].message, "supd shuts down");
  EXPECT_EQ(s.log(), "");
}

TEST(ReconfigureMasked, a_masked_unit_is_started_by_nobody_and_says_so) {
  Scenario s({masked(service("db")), service("web", {on(requires_, "db")})});
  s.boot();
  EXPECT_EQ(s.log(), "web waiting: enabled: starts with supd\nweb inactive: requires db, which has stopped\n");
  s.command(Command::start, {"db"});
  s.command(Command::restart, {"db"});
  EXPECT_EQ(s.log(), "");
  EXPECT_EQ(s.why("web"), "web: requires db, which has stopped\ndb: masked: nobody can start it\n");
}

TEST(ReconfigureMasked, masking_stops_nothing_but_ends_all_restarts) {
  Scenario s(
      {service("runs"), service("backoff"), service("ends_well"), service("waits", {on(after, "task")}), task("task")});
  s.boot();
  s.exit("backoff", 1);
  s.log();
  EXPECT_TRUE(s.reconfigure({masked(service("runs")), masked(service("backoff")), masked(service("ends_well")),
                             masked(service("waits", {on(after, "task")})), task("task")},
                            {"runs"}));
  EXPECT_EQ(s.log(), "backoff inactive: masked: nobody can start it\nwaits inactive: masked: nobody can start it\n");
  s.exit("runs", 1);
  s.exit("ends_well", 0);
  EXPECT_EQ(s.log(), "runs failed: exited with 1\nends_well completed: exited with 0\n");
  EXPECT_EQ(s.supervisor().cause_sentence(s.id("runs")), "exited with 1; masked");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
}

TEST(ReconfigureMasked, masked_while_it_restarts_it_stays_down) {
  Scenario s({service("web")});
  s.boot();
  s.command(Command::restart, {"web"});
  s.reconfigure({masked(service("web"))});
  s.log();
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(), "web inactive: masked: nobody can start it\n");
  EXPECT_FALSE(s.state("web").wanted);
}

}  // namespace
}  // namespace supd::testing
