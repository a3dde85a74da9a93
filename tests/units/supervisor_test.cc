// The supervisor's decisions, told as text: what it starts, signals and announces, in order.

#include "units/supervisor.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>

#include "tests/units/scenario.hpp"

namespace supd::testing {
namespace {

using enum Relation;
using enum Condition;

TEST(Supervisor, a_service_starts_and_stops) {
  Scenario s({service("web")});
  s.boot();
  EXPECT_EQ(s.log(),
            "web waiting: enabled: starts with supd\n"
            "web starting: everything it waited for is there\n"
            "web spawn\n"
            "web running: its process was started\n");
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web stopping: asked for by hand\nweb SIGTERM\nweb timer 10s\n");
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
}

TEST(Supervisor, a_unit_that_is_not_enabled_stays_down) {
  UnitSpec spec = service("web");
  spec.enabled = false;
  Scenario s({spec});
  s.boot();
  EXPECT_EQ(s.log(), "");
}

TEST(Supervisor, commands_are_idempotent) {
  Scenario s({service("web")});
  s.boot();
  s.log();
  s.command(Command::start, {"web"});
  EXPECT_EQ(s.log(), "");
  s.command(Command::stop, {"web"});
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web stopping: asked for by hand\nweb SIGTERM\nweb timer 10s\n");
}

TEST(Supervisor, P3_the_stop_sequence_runs_to_its_end) {
  UnitSpec spec = service("web");
  spec.stop.sequence = {{SIGTERM, {}}, {0, 10s}, {SIGQUIT, {}}, {0, 3s}, {SIGKILL, {}}};
  Scenario s({spec});
  s.boot();
  s.command(Command::stop, {"web"});
  s.log();
  s.pass(9999ms);
  EXPECT_EQ(s.log(), "");
  s.pass(1ms);
  EXPECT_EQ(s.log(), "web SIGQUIT\nweb timer 3s\n");
  s.pass(3s);
  EXPECT_EQ(s.log(), "web SIGKILL\n");
  s.kill("web", SIGKILL);
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
}

TEST(Supervisor, the_stop_command_takes_the_place_of_the_first_signal) {
  UnitSpec spec = service("web");
  spec.stop.command = {"/bin/quit"};
  Scenario s({spec});
  s.boot();
  s.log();
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web stopping: asked for by hand\nweb stop command\nweb timer 10s\n");
  s.pass(10s);
  EXPECT_EQ(s.log(), "web SIGKILL\n");
}

TEST(Supervisor, P3_a_stop_command_never_takes_the_place_of_the_last_signal) {
  UnitSpec spec = service("web");
  spec.stop.command = {"/bin/quit"};
  spec.stop.sequence = {{SIGKILL, {}}};
  Scenario s({spec});
  s.boot();
  s.log();
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web stopping: asked for by hand\nweb stop command\nweb SIGKILL\n");
}

TEST(Supervisor, P3_a_stop_is_over_when_the_tree_is_gone_not_the_main_process) {
  Scenario s({service("web")});
  s.boot();
  s.command(Command::stop, {"web"});
  s.log();
  s.kill("web", SIGTERM, false);
  EXPECT_EQ(s.log(), "web SIGTERM\n") << "for what was being forked when the first one was sent";
  s.pass(10s);
  EXPECT_EQ(s.log(), "web SIGKILL\n");
  s.tree_gone("web");
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
}

TEST(Supervisor, P1_what_a_dead_main_process_leaves_behind_ends_before_the_next_run) {
  Scenario s({service("web")});
  s.boot();
  s.log();
  s.exit("web", 1, false);
  EXPECT_EQ(s.log(), "web stopping: exited with 1\nweb SIGTERM\nweb timer 10s\n");
  s.tree_gone("web");
  EXPECT_EQ(s.log(), "web backoff: exited with 1\nweb timer 100ms\n");
}

TEST(Supervisor, S5_a_stop_during_a_restart_wins_and_nothing_respawns) {
  Scenario s({service("web")});
  s.boot();
  s.command(Command::restart, {"web"});
  s.log();
  s.command(Command::stop, {"web"});
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
}

TEST(Supervisor, P9_a_stop_wins_while_backing_off) {
  Scenario s({service("web")});
  s.boot();
  s.exit("web", 1);
  s.log();
  s.command(Command::stop, {"web"});
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
}

TEST(Supervisor, P9_a_stop_wins_while_the_rest_of_a_crash_is_cleaned_up) {
  Scenario s({service("web")});
  s.boot();
  s.exit("web", 1, false);
  s.command(Command::stop, {"web"});
  s.log();
  s.tree_gone("web");
  EXPECT_EQ(s.log(), "web inactive: asked for by hand\n");
}

TEST(Supervisor, a_start_during_a_stop_starts_again_afterwards) {
  Scenario s({service("web")});
  s.boot();
  s.command(Command::stop, {"web"});
  s.command(Command::start, {"web"});
  s.log();
  s.kill("web", SIGTERM);
  EXPECT_EQ(s.log(),
            "web waiting: asked for by hand\nweb starting: everything it waited for is there\n"
            "web spawn\nweb running: its process was started\n");
}

TEST(Supervisor, stale_facts_are_dropped_and_counted) {
  Scenario s({service("web")});
  s.boot();
  s.log();
  s.stale_exit("web");
  EXPECT_EQ(s.log(), "");
  EXPECT_EQ(s.supervisor().stale_facts(), 1U);
}

TEST(Supervisor, B1_back_off_is_exact_under_virtual_time) {
  UnitSpec spec = service("web");
  spec.restart.max_delay = 1s;
  Scenario s({spec});
  s.boot();
  std::string delays;
  for (int i = 0; i < 6; ++i) {
    s.log();
    s.exit("web", 1);
    std::string log = s.log();
    delays += log.substr(log.find("timer"));
    s.pass(1s);
  }
  EXPECT_EQ(delays, "timer 100ms\ntimer 200ms\ntimer 400ms\ntimer 800ms\ntimer 1s\ntimer 1s\n");
}

TEST(Supervisor, B1_a_crash_loop_gives_up_at_its_limit) {
  UnitSpec spec = service("web");
  spec.restart.limit = 3;
  Scenario s({spec});
  s.boot();
  s.exit("web", 1);
  s.pass(100ms);
  s.exit("web", 1);
  s.pass(200ms);
  s.log();
  s.exit("web", 1);
  EXPECT_EQ(s.log(), "web failed: gave up after 3 starts; the last one exited with 1\n");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
  EXPECT_EQ(s.state("web").restarts, 2U);
}

TEST(Supervisor, retry_after_tries_again_with_clean_counts) {
  UnitSpec spec = service("web");
  spec.restart.limit = 1;
  spec.restart.retry_after = 5min;
  Scenario s({spec});
  s.boot();
  s.log();
  s.exit("web", 1);
  EXPECT_EQ(s.log(), "web failed: gave up after 1 starts; the last one exited with 1\nweb timer 5m\n");
  s.pass(5min);
  EXPECT_EQ(s.state("web").state, State::running);
}

TEST(Supervisor, B2_back_off_resets_after_a_healthy_period) {
  Scenario s({service("web")});
  s.boot();
  s.exit("web", 1);
  s.pass(100ms);
  s.exit("web", 1);
  s.pass(200ms);
  s.pass(30s);
  s.log();
  s.exit("web", 1);
  EXPECT_EQ(s.log(), "web backoff: exited with 1\nweb timer 100ms\n");
}

TEST(Supervisor, B2_a_start_by_hand_ignores_the_limit) {
  UnitSpec spec = service("web");
  spec.restart.limit = 1;
  Scenario s({spec});
  s.boot();
  s.exit("web", 1);
  EXPECT_EQ(s.state("web").state, State::failed);
  s.command(Command::start, {"web"});
  EXPECT_EQ(s.state("web").state, State::running);
}

TEST(Supervisor, reset_clears_a_failure_and_a_back_off) {
  UnitSpec spec = service("web");
  spec.restart.limit = 2;
  Scenario s({spec});
  s.boot();
  s.exit("web", 1);
  s.log();
  s.command(Command::reset, {"web"});
  EXPECT_EQ(s.state("web").state, State::running);
  s.exit("web", 1);
  s.pass(100ms);
  s.exit("web", 1);
  EXPECT_EQ(s.state("web").state, State::failed);
  s.log();
  s.command(Command::reset, {"web"});
  EXPECT_EQ(s.log(), "web inactive: reset by hand\n");
}

TEST(Supervisor, policies_successes_and_exits_that_prevent_a_restart) {
  UnitSpec always = service("always");
  always.restart.policy = RestartPolicy::always;
  UnitSpec never = service("never");
  never.restart.policy = RestartPolicy::never;
  UnitSpec prevented = service("prevented");
  prevented.restart.prevent = {{78}, {}};
  Scenario s({always, never, service("term"), prevented});
  s.boot();
  s.log();
  s.exit("always", 0);
  s.exit("never", 1);
  s.kill("term", SIGTERM);
  s.exit("prevented", 78);
  EXPECT_EQ(s.log(),
            "always backoff: exited with 0\nalways timer 100ms\n"
            "never failed: exited with 1\n"
            "term completed: killed by SIGTERM\n"
            "prevented failed: exited with 78\n");
}

TEST(Supervisor, R6_a_spawn_that_fails_backs_off_with_its_reason) {
  Scenario s({service("web")});
  s.fail_spawns("web", ENOENT);
  s.boot();
  EXPECT_EQ(s.log(),
            "web waiting: enabled: starts with supd\n"
            "web starting: everything it waited for is there\n"
            "web spawn\n"
            "web backoff: could not start (exec: No such file or directory)\n"
            "web timer 100ms\n");
}

TEST(Shutdown, S7_everything_stops_in_reverse_order_and_says_so) {
  Scenario s({service("a"), service("b", {on(requires_, "a")}), service("c", {on(after, "b")})});
  s.boot();
  s.log();
  s.shutdown();
  EXPECT_EQ(s.log(), "c stopping: supd shuts down\nc SIGTERM\nc timer 10s\n");
  s.kill("c", SIGTERM);
  s.kill("b", SIGTERM);
  s.log();
  s.kill("a", SIGTERM);
  EXPECT_EQ(s.log(), "a inactive: supd shuts down\nall stopped\n");
}

TEST(Shutdown, S4_while_backing_off_and_waiting_ends_at_once) {
  Scenario s({service("db"), service("web", {on(requires_, "db")})});
  s.fail_spawns("db", EAGAIN);
  s.boot();
  s.log();
  s.shutdown();
  EXPECT_EQ(s.log(), "db inactive: supd shuts down\nweb inactive: supd shuts down\nall stopped\n");
  s.pass(1h);
  EXPECT_EQ(s.log(), "");
}

TEST(Shutdown, S4_a_second_request_kills_and_a_start_is_ignored) {
  Scenario s({service("a"), service("b", {on(requires_, "a")})});
  s.boot();
  s.shutdown();
  s.log();
  s.kill_all();
  EXPECT_EQ(s.log(), "b SIGKILL\n");
  s.command(Command::start, {"b"});
  s.kill("b", SIGKILL);
  EXPECT_EQ(s.log(),
            "b inactive: supd shuts down\n"
            "a stopping: supd shuts down\na SIGTERM\na timer 10s\na SIGKILL\n");
  s.kill("a", SIGKILL);
  EXPECT_EQ(s.log(), "a inactive: supd shuts down\nall stopped\n");
}

TEST(Scale, B6_ten_thousand_units_in_a_chain_load_and_start_fast) {
  std::vector<UnitSpec> specs;
  for (int i = 0; i < 10000; ++i) {
    std::vector<Dependency> depends;
    if (i > 0) depends.push_back(on(requires_, "unit" + std::to_string(i - 1)));
    specs.push_back(service("unit" + std::to_string(i), depends));
  }
  auto before = std::chrono::steady_clock::now();
  Scenario s(std::move(specs));
  s.boot();
  auto took = std::chrono::steady_clock::now() - before;
  EXPECT_EQ(s.state("unit9999").state, State::running);
  // Printed, not asserted: the figure belongs to the benchmark program, and machines are noisy.
  std::printf("10000 units loaded and started in %.1f ms\n", std::chrono::duration<double, std::milli>(took).count());
  s.shutdown();
  EXPECT_EQ(s.state("unit9999").state, State::stopping);
  EXPECT_EQ(s.state("unit0").state, State::running);
}

}  // namespace
}  // namespace supd::testing
