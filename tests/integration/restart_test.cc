/// Restarting: what supd does when a process ends by itself.

#include <csignal>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Restart : OnEachEngine {
  /// The pid is a child of supd that was running a moment ago; supd still holds it.
  void kill_process(const std::string& unit) {
    auto pid = static_cast<pid_t>(daemon.status(unit).pid);
    ASSERT_GT(pid, 1);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
  }
};

TEST_P(Restart, P1_a_killed_process_is_started_again_and_the_old_one_is_gone) {
  daemon.unit("web", "command = ['sleep', '1000']\n[restart]\ndelay = '10ms'\n");
  daemon.start();
  UnitEvent first = daemon.await("web", State::running);
  kill_process("web");
  UnitEvent second = daemon.await_run("web", State::running, first.run + 1);
  EXPECT_NE(first.pid, second.pid);
  EXPECT_EQ(living(first.pid), "");
  UnitStatus status = daemon.status("web");
  EXPECT_EQ(status.restarts, 1U);
  EXPECT_EQ(status.last_exit, "killed by SIGKILL");
  daemon.stop();
}

TEST_P(Restart, B1_a_crash_loop_backs_off_and_gives_up) {
  daemon.unit("loop", "command = ['false']\n[restart]\ndelay = '1ms'\nmax_delay = '5ms'\nlimit = 4\n");
  daemon.start();
  daemon.await("loop", State::failed);
  UnitStatus status = daemon.status("loop");
  EXPECT_EQ(status.last_exit, "exited with 1");
  EXPECT_EQ(status.restarts, 3U) << "4 starts within the window, then no more";
  EXPECT_FALSE(status.cause.empty());
  daemon.stop();
}

TEST_P(Restart, B2_a_start_by_hand_ignores_the_limit) {
  daemon.unit("loop", "command = ['false']\n[restart]\ndelay = '1ms'\nlimit = 2\n");
  daemon.start();
  daemon.await("loop", State::failed);
  std::uint64_t runs = daemon.status("loop").run;
  proto::Params params;
  params.units = {"loop"};
  params.wait = false;
  static_cast<void>(daemon.call("start", params));
  daemon.await_run("loop", State::failed, runs + 2);
  daemon.stop();
}

TEST_P(Restart, P9_a_stop_wins_over_a_restart_that_is_due) {
  daemon.unit("loop", "command = ['false']\n[restart]\ndelay = '100s'\nmax_delay = '100s'\n");
  daemon.start();
  daemon.await("loop", State::backoff);
  daemon.operate("stop", "loop");
  EXPECT_EQ(daemon.status("loop").state, State::inactive);
  daemon.stop();
}

TEST_P(Restart, a_clean_exit_is_not_restarted_on_failure_and_is_always) {
  daemon.unit("quiet", "command = ['true']\n");
  daemon.unit("always", "command = ['true']\n[restart]\npolicy = 'always'\ndelay = '100s'\nmax_delay = '100s'\n");
  daemon.start();
  daemon.await("quiet", State::completed);
  daemon.await("always", State::backoff);
  daemon.stop();
}

TEST_P(Restart, S5_restart_by_hand_makes_one_new_process) {
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  UnitEvent first = daemon.await("web", State::running);
  daemon.operate("restart", "web");
  UnitEvent second = daemon.await_run("web", State::running, first.run + 1);
  EXPECT_EQ(second.run, first.run + 1);
  EXPECT_EQ(living(first.pid), "");
  EXPECT_EQ(living(second.pid), "sleep");
  daemon.stop();
}

TEST_P(Restart, a_hundred_units_that_are_killed_all_come_back) {
  constexpr int count = 100;
  for (int i = 0; i < count; ++i) {
    daemon.unit("u" + std::to_string(i), "command = ['sleep', '1000']\n[restart]\ndelay = '0'\nlimit = 0\n");
  }
  daemon.start();
  std::vector<UnitEvent> first;
  for (int i = 0; i < count; ++i) first.push_back(daemon.await("u" + std::to_string(i), State::running));
  for (const auto& event : first) ASSERT_EQ(::kill(static_cast<pid_t>(event.pid), SIGKILL), 0);
  for (const auto& event : first) {
    EXPECT_NE(daemon.await_run(event.unit, State::running, event.run + 1).pid, event.pid);
  }
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Restart);

}  // namespace
}  // namespace supd::integration
