// When supd ends by itself, and with which code.

#include "units/ending.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;

UnitSpec once(UnitSpec spec) {
  spec.restart.policy = RestartPolicy::never;
  return spec;
}

int code(const Scenario& s) { return s.supervisor().ending().code; }

TEST(Ending, S6_an_essential_unit_that_exits_takes_all_others_along_in_reverse_order) {
  Scenario s({service("db"), essential(once(service("web", {on(requires_, "db")})))});
  s.boot();
  s.log();
  s.exit("web", 0);
  EXPECT_EQ(s.log(),
            "web completed: exited with 0\n"
            "db stopping: supd shuts down because web has ended\ndb SIGTERM\ndb timer 10s\n");
  s.kill("db", SIGTERM);
  EXPECT_EQ(s.log(), "db inactive: supd shuts down because web has ended\nall stopped\n");
  EXPECT_EQ(code(s), 0);
  EXPECT_EQ(s.supervisor().ending().unit, s.id("web"));
}

TEST(Ending, S6_its_code_is_that_of_the_process_or_128_and_the_signal) {
  Scenario three({essential(once(service("web")))});
  three.boot();
  three.exit("web", 3);
  EXPECT_EQ(code(three), 3);
  Scenario killed({essential(once(service("web")))});
  killed.boot();
  killed.kill("web", SIGKILL);
  EXPECT_EQ(code(killed), 137);
}

TEST(Ending, S6_a_unit_that_gives_up_ends_with_its_last_exit) {
  UnitSpec web = essential(service("web"));
  web.restart.limit = 2;
  Scenario s({web});
  s.boot();
  s.exit("web", 5);
  EXPECT_FALSE(s.supervisor().shutting_down()) << "it is tried again";
  s.pass(1s);
  s.kill("web", SIGSEGV);
  EXPECT_TRUE(s.supervisor().shutting_down());
  EXPECT_EQ(code(s), 128 + SIGSEGV);
}

TEST(Ending, S6_what_could_not_be_started_ends_as_a_shell_tells_it) {
  Scenario missing({essential(once(service("web")))});
  missing.fail_spawns("web", ENOENT);
  missing.boot();
  EXPECT_EQ(code(missing), 127);
  Scenario denied({essential(once(service("web")))});
  denied.fail_spawns("web", EACCES);
  denied.boot();
  EXPECT_EQ(code(denied), 126);
}

TEST(Ending, a_unit_that_fails_for_its_dependency_ends_with_1) {
  Scenario s({once(task("migrate")), essential(service("web", {on(requires_, "migrate")}))});
  s.boot();
  s.exit("migrate", 9);
  EXPECT_TRUE(s.supervisor().shutting_down());
  EXPECT_EQ(code(s), 1);
}

TEST(Ending, a_unit_that_is_tried_again_later_has_not_ended) {
  UnitSpec web = essential(service("web"));
  web.restart.limit = 1;
  web.restart.retry_after = 5s;
  Scenario s({web});
  s.boot();
  s.exit("web", 1);
  EXPECT_FALSE(s.supervisor().shutting_down());
  s.command(Command::stop, {"web"});
  EXPECT_FALSE(s.supervisor().shutting_down()) << "stopped by hand is no end";
}

TEST(Ending, a_stop_or_restart_by_hand_is_no_end) {
  Scenario s({essential(once(service("web")))});
  s.boot();
  s.command(Command::restart, {"web"});
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.state("web").state, State::running);
  s.command(Command::stop, {"web"});
  s.kill("web", SIGTERM);
  EXPECT_FALSE(s.supervisor().shutting_down());
}

TEST(Ending, an_orderly_stop_ends_with_0_whatever_the_units_say) {
  Scenario s({essential(once(service("web")))});
  s.boot();
  s.shutdown();
  s.exit("web", 3);
  EXPECT_EQ(code(s), 0);
  EXPECT_FALSE(s.supervisor().ending().unit.valid());
}

TEST(Ending, the_first_essential_unit_gives_the_code) {
  Scenario s({essential(once(service("a"))), essential(once(service("b")))});
  s.boot();
  s.exit("b", 4);
  s.exit("a", 7);
  EXPECT_EQ(code(s), 4);
}

TEST(Ending, a_unit_that_leaves_the_configuration_takes_nobody_along) {
  Scenario s({essential(once(service("web"))), service("db")});
  s.boot();
  UnitId web = s.id("web");
  ASSERT_TRUE(s.reconfigure({service("db")}));
  s.gone(web);
  EXPECT_FALSE(s.supervisor().shutting_down());
}

TEST(ExitPolicy, told_stays_when_nothing_is_left) {
  Scenario s({task("job")});
  s.boot();
  s.exit("job", 1);
  EXPECT_FALSE(s.supervisor().shutting_down());
}

TEST(ExitPolicy, done_ends_with_the_last_unit_and_with_the_code_of_the_first_that_failed) {
  Scenario s({task("a"), task("b"), target("all", {on(wants, "a")})});
  s.set_exit_policy(ExitPolicy::done);
  EXPECT_FALSE(s.supervisor().shutting_down()) << "not before anything was started";
  s.boot();
  s.exit("a", 0);
  EXPECT_FALSE(s.supervisor().shutting_down());
  s.exit("b", 6);
  EXPECT_TRUE(s.supervisor().shutting_down());
  EXPECT_EQ(code(s), 6);
}

TEST(ExitPolicy, done_waits_for_what_is_tried_again) {
  UnitSpec web = service("web");
  web.restart.limit = 1;
  web.restart.retry_after = 5s;
  Scenario s({web});
  s.set_exit_policy(ExitPolicy::done);
  s.boot();
  s.exit("web", 1);
  EXPECT_FALSE(s.supervisor().shutting_down());
  s.pass(5s);
  s.exit("web", 0);
  EXPECT_TRUE(s.supervisor().shutting_down());
  EXPECT_EQ(code(s), 0);
}

TEST(ExitPolicy, failure_ends_with_the_first_failure) {
  Scenario s({service("web"), task("job")});
  s.set_exit_policy(ExitPolicy::failure);
  s.boot();
  s.exit("job", 2);
  EXPECT_TRUE(s.supervisor().shutting_down());
  EXPECT_EQ(code(s), 2);
  EXPECT_EQ(s.supervisor().ending().unit, s.id("job"));
}

TEST(ExitPolicy, a_policy_that_comes_later_sees_what_is_the_case) {
  Scenario s({task("job")});
  s.boot();
  s.exit("job", 0);
  s.set_exit_policy(ExitPolicy::done);
  EXPECT_TRUE(s.supervisor().shutting_down());
}

}  // namespace
}  // namespace supd::testing
