/// Stopping: order, whole trees, and supd's own end.

#include <csignal>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Stop : OnEachEngine {
  /// A service that says "ready" when its trap is set, and writes its name to a file when it is told to
  /// stop. It sleeps in short pieces: a child that the shell is just forking can miss a signal.
  [[nodiscard]] std::string talker(const std::string& name, const std::string& requires_unit = "") const {
    return "command = ['sh', '-c', 'trap \"echo " + name + " >> " + order_file() +
           "; exit 0\" TERM; echo ready; while :; do sleep 0.05; done']\n" +
           (requires_unit.empty() ? "" : "[depends]\nrequires = ['" + requires_unit + ":started']\n");
  }
  [[nodiscard]] std::string order_file() const { return daemon.scratch().file("order"); }
};

TEST_P(Stop, S7_units_stop_in_reverse_order_of_their_dependencies) {
  daemon.unit("a", talker("a"));
  daemon.unit("b", talker("b", "a"));
  daemon.unit("c", talker("c", "b"));
  daemon.start();
  for (const char* name : {"a", "b", "c"}) daemon.await_line(name, "ready");
  daemon.stop();
  EXPECT_EQ(slurp(order_file()), "c\nb\na\n");
}

TEST_P(Stop, Ctrl_C_to_the_whole_group_ends_supd_and_everything_in_order) {
  daemon.unit("a", talker("a"));
  daemon.unit("b", talker("b", "a"));
  daemon.start();
  for (const char* name : {"a", "b"}) daemon.await_line(name, "ready");
  daemon.process().signal_group(SIGINT);
  daemon.expect_clean_end();
  EXPECT_EQ(slurp(order_file()), "b\na\n");
}

TEST_P(Stop, the_shutdown_request_is_answered_and_then_done) {
  daemon.unit("a", "command = ['sleep', '1000']\n");
  daemon.start();
  daemon.await("a", State::running);
  static_cast<void>(daemon.call("shutdown"));
  daemon.expect_clean_end();
}

TEST_P(Stop, S2_a_process_that_ignores_SIGTERM_is_killed_when_its_time_is_up) {
  daemon.unit("deaf",
              "command = ['sh', '-c', 'trap \"\" TERM; echo ready; while :; do sleep 1000; done']\n"
              "[stop]\nsequence = ['SIGTERM', '50ms', 'SIGKILL']\n");
  daemon.start();
  daemon.await_line("deaf", "ready");
  daemon.operate("stop", "deaf");
  EXPECT_EQ(daemon.status("deaf").last_exit, "killed by SIGKILL");
  daemon.stop();
}

TEST_P(Stop, S1_P3_the_tree_is_gone_when_stop_returns_escapees_included) {
  std::string pids = daemon.scratch().file("pids");
  daemon.unit("tree", "command = ['sh', '-c', 'setsid sleep 1001 & echo $! >> " + pids +
                          "; (setsid sh -c \"nohup sleep 1002 & echo \\$! >> " + pids +
                          "\" &); sleep 1003 & echo $! >> " + pids + "; echo ready; wait']\n");
  daemon.start();
  daemon.await_line("tree", "ready");
  daemon.operate("stop", "tree");
  for (const auto& text : {slurp(pids)}) {
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      EXPECT_EQ(living(std::stol(text.substr(at))), "") << "an escapee lives on";
    }
  }
  daemon.stop();
}

TEST_P(Stop, R4_a_stopped_process_can_be_stopped) {
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  UnitEvent running = daemon.await("web", State::running);
  ASSERT_EQ(::kill(static_cast<pid_t>(running.pid), SIGSTOP), 0);
  daemon.operate("stop", "web");
  EXPECT_EQ(daemon.status("web").last_exit, "killed by SIGTERM");
  daemon.stop();
}

TEST_P(Stop, S4_SIGTERM_twice_while_units_back_off_wait_and_run) {
  daemon.unit("run", "command = ['sleep', '1000']\n");
  daemon.unit("loop", "command = ['false']\n[restart]\ndelay = '100s'\nmax_delay = '100s'\n");
  daemon.unit("wait", "command = ['sleep', '1000']\n[depends]\nrequires = ['loop:completed']\n");
  daemon.start();
  daemon.await("run", State::running);
  daemon.await("loop", State::backoff);
  daemon.process().signal(SIGTERM);
  daemon.stop(SIGTERM);
}

TEST_P(Stop, S4_SIGTERM_after_a_shutdown_that_was_asked_for_kills_what_ignores_it) {
  daemon.unit("deaf",
              "command = ['sh', '-c', 'trap \"\" TERM; echo ready; while :; do sleep 1000; done']\n"
              "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  daemon.start();
  daemon.await_line("deaf", "ready");
  static_cast<void>(daemon.call("shutdown"));
  daemon.await("deaf", State::stopping);
  daemon.stop(SIGTERM);
}

TEST_P(Stop, stop_is_idempotent_and_a_start_follows) {
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  daemon.await("web", State::running);
  daemon.operate("stop", "web");
  daemon.operate("stop", "web");
  daemon.operate("start", "web");
  EXPECT_EQ(daemon.status("web").state, State::running);
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Stop);

}  // namespace
}  // namespace supd::integration
