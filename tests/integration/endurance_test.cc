/// Many short lives, many talkers, closed streams, long stops: what wears a supervisor out.

#include <dirent.h>
#include <unistd.h>

#include <csignal>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

/// The number after `label` in /proc/PID/status.
std::int64_t status_number(pid_t pid, std::string_view label) {
  std::string text = slurp("/proc/" + std::to_string(pid) + "/status");
  std::size_t at = text.find(label);
  return at == std::string::npos ? 0 : std::stol(text.substr(at + label.size()));
}

std::size_t open_fds(pid_t pid) {
  std::size_t count = 0;
  DIR* list = ::opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
  while (list != nullptr && ::readdir(list) != nullptr) ++count;
  if (list != nullptr) ::closedir(list);
  return count;
}

/// Zombies among the children of `parent`, supervised ones included.
std::size_t zombies_of(pid_t parent) {
  std::size_t count = 0;
  std::string children = slurp("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  for (std::size_t at = 0; at < children.size(); at = children.find(' ', at) + 1) {
    if (children[at] < '0' || children[at] > '9') break;
    std::string stat = slurp("/proc/" + std::to_string(std::stol(children.substr(at))) + "/stat");
    std::size_t name_end = stat.rfind(')');
    if (name_end != std::string::npos && stat.compare(name_end, 3, ") Z") == 0) ++count;
    if (children.find(' ', at) == std::string::npos) break;
  }
  return count;
}

struct Endurance : OnEachEngine {
  [[nodiscard]] pid_t supd() { return daemon.process().pid(); }
  [[nodiscard]] std::int64_t wakeups() { return status_number(supd(), "voluntary_ctxt_switches:"); }
};

TEST_P(Endurance, R1_R2_thousands_of_orphans_beside_many_units_leave_no_zombie) {
  for (int i = 0; i < 100; ++i) daemon.unit("idle" + std::to_string(i), "command = ['sleep', '1000']\n");
  // Each inner subshell leaves an orphan that ends by itself: ours to reap, and nobody's exit.
  daemon.unit("storm",
              "kind = 'task'\ncommand = ['sh', '-c', 'i=0; while [ $i -lt 2000 ]; do (true & true &); i=$((i+1)); "
              "done']\n[stop]\nscope = 'main'\n");
  daemon.start();
  daemon.await("storm", State::completed);
  Duration waited{0};
  // The promise is about time: no zombie is older than a second.
  while (zombies_of(supd()) > 0 && waited < 1s) {
    ::usleep(10'000);
    waited += 10ms;
  }
  EXPECT_EQ(zombies_of(supd()), 0U);
  for (int i = 0; i < 100; i += 33) EXPECT_EQ(daemon.status("idle" + std::to_string(i)).last_exit, "");
  daemon.stop();
}

TEST_P(Endurance, C4_P8_fds_and_memory_are_constant_over_thousands_of_runs) {
  daemon.unit("short", "command = ['true']\n[restart]\npolicy = 'always'\ndelay = '0'\nlimit = 0\n");
  daemon.start({"--log-level", "warn"});
  auto runs = [&](std::uint64_t wanted) {
    daemon.await_event("run " + std::to_string(wanted), [=](const UnitEvent& event) { return event.run >= wanted; });
  };
  runs(1000);
  std::size_t fds = open_fds(supd());
  std::int64_t memory = status_number(supd(), "VmRSS:");
  runs(10'000);
  // A run's fds come and go while we count.
  EXPECT_LE(open_fds(supd()), fds + 8);
#if defined(__SANITIZE_ADDRESS__)
  std::printf("memory is not compared: AddressSanitizer keeps what was freed (%lld KiB before)\n",
              static_cast<long long>(memory));
#else
  EXPECT_LE(status_number(supd(), "VmRSS:"), memory + 1024) << "KiB";
#endif
  daemon.stop();
}

TEST_P(Endurance, L15_five_hundred_chatty_children_lose_nothing) {
  constexpr int talkers = 500, lines = 200;
  std::string script = "i=0; while [ $i -lt " + std::to_string(lines) + " ]; do echo line $i; i=$((i+1)); done";
  for (int i = 0; i < talkers; ++i) {
    daemon.unit("talk" + std::to_string(i), "kind = 'task'\ncommand = ['sh', '-c', '" + script + "']\n");
  }
  daemon.start({"--log-level", "warn"});
  for (int i = 0; i < talkers; ++i) {
    std::string name = "talk" + std::to_string(i);
    daemon.await(name, State::completed);
    daemon.await_line(name, "line " + std::to_string(lines - 1));
    UnitStatus status = daemon.status(name);
    EXPECT_EQ(status.log_lines, static_cast<std::uint64_t>(lines)) << name;
    EXPECT_EQ(status.log_dropped, 0U) << name;
  }
  daemon.stop();
}

TEST_P(Endurance, L14_a_child_that_closes_its_output_costs_nothing) {
  daemon.unit("mute", "command = ['sh', '-c', 'echo bye; exec sleep 1000 >&- 2>&-']\n");
  daemon.start();
  daemon.await_line("mute", "bye");
  static_cast<void>(daemon.status("mute"));
  std::int64_t before = wakeups();
  ::usleep(300'000);  // a spin would show in any stretch of time
  EXPECT_LE(wakeups() - before, 20);
  EXPECT_EQ(daemon.status("mute").state, State::running);
  daemon.stop();
}

TEST_P(Endurance, L6_the_last_words_of_a_crash_are_logged_once) {
  daemon.unit("crash", "command = ['sh', '-c', 'printf \"no newline\"; kill -SEGV $$']\n[restart]\npolicy = 'never'\n");
  daemon.start();
  daemon.await("crash", State::failed);
  EXPECT_EQ(daemon.await_line("crash", "no newline"), "no newline");
  EXPECT_EQ(daemon.log_lines("crash").size(), 1U);
  daemon.stop();
}

TEST_P(Endurance, S3_services_that_exit_at_once_are_stopped_at_once) {
  for (int i = 0; i < 50; ++i) daemon.unit("quick" + std::to_string(i), "command = ['sleep', '1000']\n");
  daemon.start({"--log-level", "warn"});
  for (int i = 0; i < 50; ++i) daemon.await("quick" + std::to_string(i), State::running);
  auto before = std::chrono::steady_clock::now();
  daemon.stop();
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before);
  std::printf("50 services stopped in %lld ms\n", static_cast<long long>(took.count()));
  EXPECT_LT(took, patience() / 20) << "nothing waited for a timer";
}

TEST_P(Endurance, S8_a_very_long_stop_delays_no_other_command) {
  daemon.unit("slow",
              "command = ['sh', '-c', 'trap \"\" TERM; echo ready; while :; do sleep 1000; done']\n"
              "[stop]\nsequence = ['SIGTERM', '1h', 'SIGKILL']\n");
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  daemon.await_line("slow", "ready");
  proto::Params params;
  params.units = {"slow"};
  params.wait = false;
  static_cast<void>(daemon.call("stop", params));
  daemon.await("slow", State::stopping);
  daemon.operate("restart", "web");
  EXPECT_EQ(daemon.status("slow").state, State::stopping);
  daemon.process().signal(SIGTERM);
  daemon.await("web", State::inactive);  // two signals at once would be one
  daemon.stop(SIGTERM);                  // the second one does not wait an hour
}

TEST_P(Endurance, B4_a_unit_that_waits_for_its_dependency_is_started_once) {
  daemon.unit("db", "command = ['sleep', '1000']\n[restart]\ndelay = '300ms'\njitter = 0\n");
  daemon.unit("web", "command = ['sleep', '1000']\n[depends]\nrequires = ['db']\n");
  daemon.start();
  UnitEvent db = daemon.await("db", State::running);
  UnitEvent web = daemon.await("web", State::running);
  ASSERT_EQ(::kill(static_cast<pid_t>(db.pid), SIGKILL), 0);
  daemon.await("db", State::backoff);
  daemon.operate("restart", "web");
  UnitEvent again = daemon.await_run("web", State::running, web.run + 1);
  std::uint64_t starts = 0;
  for (const UnitEvent& event : daemon.history()) starts += event.unit == "web" && event.to == State::starting;
  EXPECT_EQ(starts, 2U);
  EXPECT_EQ(living(web.pid), "");
  EXPECT_NE(again.pid, web.pid);
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Endurance);

}  // namespace
}  // namespace supd::integration
