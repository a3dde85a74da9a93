/// The same services on poorer machines: no io_uring, no pidfds, no cgroups, few pids.

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Machine : OnEachEngine {
  /// A tree with escapees that tell their pids in a file, stopped; returns the names of survivors.
  std::string stop_a_tree_of_escapees() {
    std::string pids = daemon.scratch().file("pids");
    daemon.unit("tree", "command = ['sh', '-c', 'setsid sleep 1001 & echo $! >> " + pids +
                            "; (setsid sh -c \"nohup sleep 1002 & echo \\$! >> " + pids +
                            "\" &); sleep 1003 & echo $! >> " + pids + "; sleep 0.2; echo ready; wait']\n");
    daemon.start({}, wrapper);
    daemon.await_line("tree", "ready");
    daemon.operate("stop", "tree");
    std::string alive, text = slurp(pids);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      alive += living(std::stol(text.substr(at)));
    }
    return alive;
  }

  /// A service that dies and comes back, and a stop: what everybody needs.
  void live_a_little() {
    daemon.unit("web", "command = ['sleep', '1000']\n[restart]\ndelay = '10ms'\n");
    daemon.start({}, wrapper);
    UnitEvent first = daemon.await("web", State::running);
    ASSERT_EQ(::kill(static_cast<pid_t>(first.pid), SIGKILL), 0);
    daemon.await_run("web", State::running, first.run + 1);
    EXPECT_EQ(daemon.status("web").last_exit, "killed by SIGKILL");
    daemon.stop();
  }

  void refuse(std::initializer_list<long> calls, int error) {
    wrapper = {std::string(SUPD_BUILD_ROOT) + "/tests/integration/without"};
    for (long call : calls) {
      wrapper.push_back(std::to_string(call));
      wrapper.push_back(std::to_string(error));
    }
    wrapper.emplace_back("--");
  }

  void hide_cgroups() {
    wrapper.insert(wrapper.begin(), {"unshare", "-m", "sh", "-c",
                                     "for d in /sys/fs/cgroup /sys/fs/cgroup/unified; do "
                                     "mountpoint -q $d && mount -t tmpfs none $d; done; exec \"$@\"",
                                     "sh"});
  }

  /// supd may signal nobody, as one without CAP_KILL whose units are other users'.
  void forbid_signals() {
    refuse({SYS_kill, SYS_pidfd_send_signal}, EPERM);
    // Without that right it could still kill a cgroup.
    if (::geteuid() == 0) hide_cgroups();
  }

  /// supd ends although it could not kill, and says so.
  void expect_given_up(const std::string& unit) {
    auto exit = daemon.process().wait(patience());
    ASSERT_TRUE(exit) << "supd waits for what it can't kill: " << daemon.output();
    EXPECT_EQ(exit->text(), "exited with 1") << daemon.output();
    EXPECT_NE(daemon.output().find(unit + " can't be killed"), std::string::npos) << daemon.output();
    EXPECT_NE(::access(daemon.socket().c_str(), F_OK), 0) << "the socket is still there";
  }

  [[nodiscard]] bool epoll() const { return GetParam() == "epoll"; }

  std::vector<std::string> wrapper;
};

TEST_P(Machine, C5_no_io_uring_leaves_a_supd_on_epoll_that_says_why) {
  if (!epoll()) GTEST_SKIP() << "SKIP: this is about supd without io_uring; it runs for epoll";
  Daemon automatic("auto");
  refuse({SYS_io_uring_setup}, EPERM);
  automatic.unit("web", "command = ['sleep', '1000']\n");
  automatic.start({}, wrapper);
  automatic.await("web", State::running);
  automatic.stop();
  EXPECT_NE(automatic.output().find("epoll"), std::string::npos) << automatic.output();
  EXPECT_NE(automatic.output().find("Operation not permitted"), std::string::npos) << automatic.output();
}

TEST_P(Machine, C5_no_pidfds) {
  refuse({SYS_pidfd_open}, ENOSYS);
  live_a_little();
}

TEST_P(Machine, C5_no_clone3) {
  refuse({SYS_clone3}, ENOSYS);
  live_a_little();
}

TEST_P(Machine, C5_no_close_range) {
  refuse({SYS_close_range}, ENOSYS);
  live_a_little();
}

TEST_P(Machine, S1_P3_without_cgroups_the_tree_is_gone_when_stop_returns) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: hiding the cgroups takes a mount namespace: run as root";
  hide_cgroups();
  EXPECT_EQ(stop_a_tree_of_escapees(), "");
  daemon.stop();
  EXPECT_NE(daemon.output().find("no cgroup per unit"), std::string::npos) << daemon.output();
}

TEST_P(Machine, P3_a_process_that_cannot_be_killed_does_not_keep_supd) {
  forbid_signals();
  daemon.unit("web", "command = ['sleep', '1000']\n[stop]\nsequence = ['SIGTERM', '10ms', 'SIGKILL']\n");
  daemon.start({}, wrapper);
  daemon.await("web", State::running);
  daemon.process().signal(SIGTERM);
  expect_given_up("web");
}

TEST_P(Machine, P3_nor_does_what_had_to_wait_for_its_end) {
  forbid_signals();
  daemon.unit("supd", "[daemon]\nshutdown_timeout = '10ms'\n");
  daemon.unit("db", "command = ['sleep', '1000']\n");
  daemon.unit("web", "command = ['sleep', '1000']\n[depends]\nrequires = ['db']\n");
  daemon.start({}, wrapper);
  daemon.await("web", State::running);
  static_cast<void>(daemon.call("shutdown"));
  expect_given_up("web");
  EXPECT_NE(daemon.output().find("db can't be killed"), std::string::npos) << daemon.output();
}

TEST_P(Machine, R5_P2_a_restart_storm_among_300_pids_hits_no_stranger) {
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: a pid namespace of its own takes root";
  utsname kernel{};
  ::uname(&kernel);
  // Before 6.14 pid_max is the whole machine's: not ours to change.
  if (std::stod(kernel.release) < 6 || (kernel.release[0] == '6' && std::stoi(kernel.release + 2) < 14)) {
    GTEST_SKIP() << "SKIP: pid_max per pid namespace takes Linux 6.14, this is " << kernel.release;
  }
  wrapper = {"unshare", "-p", "-f", "--mount-proc", "sh", "-c", "echo 400 > /proc/sys/kernel/pid_max; exec \"$@\"",
             "sh"};
  // The stranger has the shape of a victim: it would die of any signal that goes astray.
  daemon.unit("stranger", "command = ['sleep', '1000']\n");
  daemon.unit("storm", "command = ['sh', '-c', 'sleep 0.001 & exit 1']\n[restart]\ndelay = '0'\nlimit = 0\n");
  daemon.start({}, wrapper);
  UnitEvent stranger = daemon.await("stranger", State::running);
  daemon.await_event("run 700 of the storm",
                     [](const UnitEvent& event) { return event.unit == "storm" && event.run > 700; });
  EXPECT_EQ(daemon.status("stranger").run, stranger.run);
  daemon.operate("stop", "storm");
  EXPECT_EQ(daemon.status("stranger").state, State::running);
  // unshare forwards no signals: the shutdown request does.
  static_cast<void>(daemon.call("shutdown"));
  daemon.expect_clean_end();
}

SUPD_ON_EACH_ENGINE(Machine);

}  // namespace
}  // namespace supd::integration
