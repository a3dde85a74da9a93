/// Starting: order, conditions, what a dependency that fails means.

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Start : OnEachEngine {
  /// The place of the first event of `unit` into `state`.
  std::size_t place(const std::string& unit, State state) {
    daemon.await_event(unit, [&](const UnitEvent& event) { return event.unit == unit && event.to == state; });
    const auto& history = daemon.history();
    for (std::size_t i = 0; i < history.size(); ++i) {
      if (history[i].unit == unit && history[i].to == state) return i;
    }
    return history.size();
  }
};

TEST_P(Start, units_start_in_the_order_of_their_dependencies) {
  daemon.unit("c", "command = ['sleep', '1000']\n[depends]\nrequires = ['b:started']\n");
  daemon.unit("b", "command = ['sleep', '1000']\n[depends]\nrequires = ['a:started']\n");
  daemon.unit("a", "command = ['sleep', '1000']\n");
  daemon.start();
  daemon.await("c", State::running);
  EXPECT_LT(place("a", State::running), place("b", State::running));
  EXPECT_LT(place("b", State::running), place("c", State::running));
  daemon.stop();
}

TEST_P(Start, a_unit_waits_until_a_task_has_completed) {
  std::string flag = daemon.scratch().file("flag");
  daemon.unit("task", "kind = 'task'\ncommand = ['sh', '-c', 'echo done > " + flag + "']\n");
  daemon.unit("after", "command = ['sh', '-c', 'cat " + flag +
                           " && exec sleep 1000']\n[depends]\nrequires = ['task:completed']\n");
  daemon.start();
  EXPECT_EQ(daemon.await_line("after", "done"), "done");
  EXPECT_EQ(daemon.status("task").state, State::completed);
  daemon.stop();
}

TEST_P(Start, B3_a_unit_whose_dependency_fails_does_not_start_and_says_why) {
  daemon.unit("task", "kind = 'task'\ncommand = ['sh', '-c', 'exit 3']\n[restart]\npolicy = 'never'\n");
  daemon.unit("after", "command = ['sleep', '1000']\n[depends]\nrequires = ['task:completed']\n");
  daemon.start();
  daemon.await("task", State::failed);
  daemon.await("after", State::failed);
  proto::Params params;
  params.unit = "after";
  auto chain = daemon.call("why", params).chain();
  ASSERT_TRUE(chain && chain->size() >= 2);
  EXPECT_EQ(chain->front().unit, "after");
  EXPECT_EQ(chain->back().unit, "task");
  EXPECT_NE(chain->back().text.find("exited with 3"), std::string::npos) << chain->back().text;
  EXPECT_EQ(daemon.status("after").run, 0U);
  daemon.stop();
}

TEST_P(Start, a_target_is_reached_when_its_members_are_and_stops_them) {
  daemon.unit("a", "enabled = false\ncommand = ['sleep', '1000']\n");
  daemon.unit("b", "enabled = false\ncommand = ['sleep', '1000']\n");
  daemon.unit("site", "kind = 'target'\n[depends]\nrequires = ['a', 'b']\n");
  daemon.start();
  daemon.await("site", State::running);
  EXPECT_EQ(daemon.status("a").state, State::running);
  EXPECT_EQ(daemon.status("b").state, State::running);
  daemon.operate("stop", "site");
  EXPECT_EQ(daemon.status("a").state, State::inactive);
  EXPECT_EQ(daemon.status("b").state, State::inactive);
  daemon.stop();
}

TEST_P(Start, R6_a_command_that_is_not_there_is_a_reason_of_its_own) {
  daemon.unit("lost", "command = ['/nowhere/program']\n[restart]\npolicy = 'never'\n");
  daemon.unit("dir", "command = ['sleep', '1']\ndirectory = '/nowhere'\n[restart]\npolicy = 'never'\n");
  daemon.start();
  daemon.await("lost", State::failed);
  daemon.await("dir", State::failed);
  EXPECT_NE(daemon.status("lost").cause.find("No such file"), std::string::npos) << daemon.status("lost").cause;
  EXPECT_NE(daemon.status("dir").cause.find("directory"), std::string::npos) << daemon.status("dir").cause;
  daemon.stop();
}

TEST_P(Start, R3_services_see_a_clean_state_and_exits_are_exact_when_SIGCHLD_was_ignored) {
  daemon.unit("clean", "command = ['sh', '-c', 'grep -E \"^Sig(Blk|Ign)\" /proc/self/status; exec sleep 1000']\n");
  daemon.unit("seven", "command = ['sh', '-c', 'exit 7']\n[restart]\npolicy = 'never'\n");
  daemon.start({}, {"sh", "-c", "trap '' CHLD PIPE HUP USR1; exec \"$@\"", "sh"});
  EXPECT_EQ(daemon.await_line("clean", "SigBlk"), "SigBlk:\t0000000000000000");
  EXPECT_EQ(daemon.await_line("clean", "SigIgn"), "SigIgn:\t0000000000000000");
  daemon.await("seven", State::failed);
  EXPECT_EQ(daemon.status("seven").last_exit, "exited with 7");
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Start);

}  // namespace
}  // namespace supd::integration
