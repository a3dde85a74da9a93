/// Journal, syslog, the console as objects, and supd's own messages: with receivers of the test's own, and with the
/// real journald where it can be run.

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/integration/engines.hpp"
#include "tests/log/receiver.hpp"

namespace supd::integration {
namespace {

using log::Receiver;
using Texts = std::vector<std::string>;

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

bool contains(std::string_view text, std::string_view what) { return text.find(what) != text.npos; }

struct Sinks : OnEachEngine {
  std::string journal_path = daemon.scratch().file("journal"), syslog_path = daemon.scratch().file("syslog");

  void settings(const std::string& more = {}) {
    daemon.unit("supd",
                "[logging]\njournal_socket = '" + journal_path + "'\nsyslog = 'unix:" + syslog_path + "'\n" + more);
  }
  /// Takes from the receiver until what has come is enough.
  template <class Enough>
  static Texts take(Receiver& receiver, std::string_view what, Enough enough) {
    Texts all;
    auto end = std::chrono::steady_clock::now() + patience();
    while (std::chrono::steady_clock::now() < end) {
      for (std::string& got : receiver.take()) all.push_back(std::move(got));
      if (enough(all)) return all;
      pollfd ready{receiver.fd().get(), POLLIN, 0};
      ::poll(&ready, 1, 1000);
    }
    ADD_FAILURE() << what << " did not come; " << all.size() << " others did";
    return all;
  }
  /// Until one contains `what`: the last line of a stream, or a message that others may follow.
  static Texts take_until(Receiver& receiver, std::string_view what) {
    return take(receiver, what, [&](const Texts& all) {
      return std::ranges::any_of(all, [&](const std::string& text) { return contains(text, what); });
    });
  }
  /// As many as that: for several streams, which have no order among each other.
  static Texts take_all(Receiver& receiver, std::size_t n) {
    return take(receiver, std::to_string(n) + " records", [&](const Texts& all) { return all.size() >= n; });
  }
  /// Until it is in that file: looked at again whenever supd has answered.
  void await_in_file(const std::string& path, std::string_view text) {
    auto end = std::chrono::steady_clock::now() + patience();
    while (!contains(slurp(path), text)) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << text << " is not in " << path;
      static_cast<void>(daemon.call("hello"));
    }
  }
  [[nodiscard]] std::string own_file() const { return daemon.scratch().file("logs/+supd/current"); }
  [[nodiscard]] std::string finding(std::string_view topic) {
    auto findings = daemon.call("doctor").findings();
    for (const auto& finding : *findings) {
      if (finding.topic == topic) return (finding.ok ? "ok: " : "bad: ") + finding.text;
    }
    return "none";
  }
};

TEST_P(Sinks, Journal_and_syslog_get_every_line_with_its_run_and_stream) {
  Receiver journal(journal_path), syslog(syslog_path);
  settings("syslog_facility = 'local3'\n");
  daemon.unit(
      "talk",
      "kind = 'task'\ncommand = ['sh', '-c', 'echo one; echo two >&2; echo \"]\\\" PRIORITY=0\"; printf last']\n"
      "[log]\nto = ['memory', 'journal', 'syslog']\n");
  daemon.start();
  UnitEvent running = daemon.await_event("the run", [](const UnitEvent& event) { return event.to == State::running; });
  std::string pid = std::to_string(running.pid);
  Texts in_journal = take_all(journal, 4), in_syslog = take_all(syslog, 4);
  ASSERT_EQ(in_journal.size(), 4U);
  ASSERT_EQ(in_syslog.size(), 4U);
  // Two pipes have no order among each other.
  std::ranges::sort(in_journal, {},
                    [](const std::string& s) { return s.substr(s.find("SUPD_STREAM=")).substr(0, 18); });
  EXPECT_TRUE(in_journal[0].starts_with("PRIORITY=4\nSYSLOG_IDENTIFIER=talk\nSYSLOG_PID=" + pid +
                                        "\nSUPD_UNIT=talk\nSUPD_RUN=1\nSUPD_STREAM=stderr\nSUPD_TIME=20"));
  EXPECT_TRUE(in_journal[0].ends_with("Z\nMESSAGE=two\n"));
  EXPECT_TRUE(std::ranges::any_of(in_journal, [](auto& s) { return s.ends_with("\nMESSAGE=]\" PRIORITY=0\n"); }));
  EXPECT_TRUE(std::ranges::any_of(in_syslog, [&](auto& s) {
    return s.starts_with("<156>1 20") &&
           s.ends_with(" talk " + pid + " stderr [supd@32473 unit=\"talk\" run=\"1\"] two");
  }));
  EXPECT_TRUE(std::ranges::any_of(in_syslog, [&](auto& s) {
    return s.starts_with("<158>1 20") && s.ends_with("unit=\"talk\" run=\"1\"] ]\" PRIORITY=0");
  }));
  EXPECT_FALSE(std::filesystem::exists(daemon.log_file("talk")));
  EXPECT_EQ(finding("journal"), "ok: 0 records for " + journal_path + " dropped");
  daemon.stop();
}

TEST_P(Sinks, Syslog_over_UDP) {
  Receiver syslog(DatagramAddress::Family::ipv4);
  daemon.unit("supd", "logging.syslog = 'udp:127.0.0.1:" + std::to_string(syslog.address().port) + "'\n");
  daemon.unit("talk", "kind = 'task'\ncommand = ['echo', 'hello']\nlog.to = ['syslog']\n");
  daemon.start();
  EXPECT_TRUE(take_until(syslog, "hello").back().ends_with(" run=\"1\"] hello"));
  daemon.stop();
}

TEST_P(Sinks, P4_P6_a_stalled_receiver_holds_up_neither_service_nor_control_nor_the_file) {
  Receiver journal(journal_path), syslog(syslog_path);
  settings();
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['sh', '-c', 'seq 100000; echo end']\n"
              "[log]\nto = ['file', 'syslog']\nmax_size = '0'\n");
  daemon.unit("other",
              "kind = 'task'\ncommand = ['seq', '300']\ndepends.after = ['talk:completed']\n"
              "[log]\nto = ['journal', 'syslog']\n");
  daemon.start();
  daemon.await("talk", State::completed);
  EXPECT_EQ(take_until(journal, "MESSAGE=300\n").size(), 300U);
  await_in_file(daemon.log_file("talk"), " end\n");
  UnitStatus status = daemon.status("talk");
  EXPECT_EQ(status.log_lines, 100'001U);
  EXPECT_GT(status.log_dropped_syslog, 10'000U);
  EXPECT_GT(status.syslog_waiting, 100'000U);
  EXPECT_EQ(status.log_dropped_file, 0U);
  EXPECT_EQ(count(slurp(daemon.log_file("talk")), " o "), 100'001U);
  EXPECT_EQ(status.log_dropped, status.log_dropped_syslog);
  EXPECT_EQ(daemon.status("other").log_dropped_journal, 0U);
  EXPECT_TRUE(finding("syslog").starts_with("bad: ")) << finding("syslog");
  daemon.process().signal(15);
  ASSERT_TRUE(daemon.process().wait(patience()).has_value()) << "the end does not wait for it for long";
}

TEST_P(Sinks, A_missing_journal_is_told_once_and_found_when_it_comes) {
  settings();
  daemon.unit("talk",
              "command = ['sh', '-c', 'echo one; echo two; exec sleep 1000']\nlog.to = ['memory', 'journal']\n");
  daemon.start();
  daemon.await_line("talk", "two");
  EXPECT_TRUE(finding("journal").starts_with("bad: " + journal_path + " takes no records")) << finding("journal");
  EXPECT_GT(daemon.status("talk").journal_waiting, 0U);
  Receiver journal(journal_path);
  Texts got = take_until(journal, "MESSAGE=two\n");
  EXPECT_EQ(got.size(), 2U);
  daemon.operate("restart", "talk");
  EXPECT_TRUE(contains(take_until(journal, "MESSAGE=two\n").back(), "\nSUPD_RUN=2\n"));
  daemon.stop();
  EXPECT_EQ(count(daemon.output(), "supd: warning: journal: connect to " + journal_path), 1U) << daemon.output();
}

TEST_P(Sinks, C2_sinks_are_taken_over_while_the_process_runs) {
  Receiver syslog(syslog_path);
  settings();
  daemon.unit("talk",
              "command = ['sh', '-c', 'trap \"echo heard\" HUP; echo up; while :; do sleep 1000 & wait; done']\n");
  daemon.start();
  daemon.await_line("talk", "up");
  std::int64_t pid = daemon.status("talk").pid;
  daemon.unit("talk",
              "command = ['sh', '-c', 'trap \"echo heard\" HUP; echo up; while :; do sleep 1000 & wait; done']\n"
              "[log]\nto = ['syslog']\ntime = 'local'\n");
  static_cast<void>(daemon.call("config.apply"));
  EXPECT_EQ(daemon.status("talk").pid, pid);
  ::kill(static_cast<pid_t>(pid), SIGHUP);
  EXPECT_TRUE(take_until(syslog, "heard").back().ends_with("] heard"));
  daemon.stop();
}

TEST_P(Sinks, The_file_says_where_another_run_begins) {
  daemon.unit("talk", "command = ['sh', '-c', 'echo hello; exec sleep 1000']\n[log]\ntime = 'local'\n");
  daemon.set_environment({"TZ=XXX-5:30"});
  daemon.start();
  daemon.await_line("talk", "hello");
  std::int64_t first = daemon.status("talk").pid;
  daemon.operate("restart", "talk");
  std::int64_t second = daemon.status("talk").pid;
  await_in_file(daemon.log_file("talk"), "run 2, pid " + std::to_string(second));
  daemon.stop();
  std::string file = slurp(daemon.log_file("talk"));
  std::string begin = "+05:30 - run 1, pid " + std::to_string(first) + "\n";
  EXPECT_EQ(file.find(begin), 26U) << file;
  EXPECT_EQ(count(file, "+05:30 o hello\n"), 2U) << file;
}

TEST_P(Sinks, L4_a_console_of_objects_is_for_machines) {
  settings("console_format = 'json'\nown = []\n");
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['sh', '-c', 'echo \"}{\\\"\\\\\\\\\"; printf \\\"\\\\377\\\"']\n[log]\nto = "
              "['console']\n");
  daemon.start();
  daemon.await("talk", State::completed);
  daemon.stop();
  std::string out = daemon.output();
  EXPECT_EQ(count(out, R"("unit":"talk","run":1,"stream":"stdout",)"), 2U) << out;
  EXPECT_TRUE(contains(out, R"("base64":"Iv8i"})")) << out;
}

TEST_P(Sinks, Supd_s_own_messages_go_where_they_shall) {
  Receiver syslog(syslog_path);
  settings("own = ['file', 'syslog']\nown_format = 'json'\n");
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.start();
  await_in_file(own_file(), "control socket");
  Texts got = take_until(syslog, "control socket");
  EXPECT_TRUE(contains(got.back(), " supd - supd - supd ")) << got.back();
  daemon.stop();
  std::string file = slurp(own_file());
  EXPECT_TRUE(contains(file, R"("unit":"+supd","stream":"supd","text":"everything is stopped"})")) << file;
  EXPECT_FALSE(contains(daemon.output(), "control socket")) << "not on stderr";
}

TEST_P(Sinks, P12_a_start_that_fails_is_told_on_stderr_wherever_messages_go) {
  settings("own = ['file']\n");
  Ran ran = run({supd_program(), "-c", daemon.scratch().file("units"), "--log-dir", daemon.scratch().file("logs"),
                 "--state-dir", daemon.scratch().file("state"), "--engine", GetParam(), "--socket", "/proc/no/socket"});
  EXPECT_NE(ran.exit.status, 0);
  EXPECT_TRUE(contains(ran.output, "supd: error: ")) << ran.output;
}

TEST_P(Sinks, P8_lines_above_the_rate_of_lines_are_counted_and_told) {
  daemon.unit("talk", "kind = 'task'\ncommand = ['seq', '1000']\n[log]\nrate_lines = 1\nburst_lines = 100\n");
  daemon.start();
  daemon.await("talk", State::completed);
  std::string note = daemon.await_line("talk", "dropped: more than 1 lines per second");
  UnitStatus status = daemon.status("talk");
  EXPECT_GE(status.log_limited, 890U);
  EXPECT_EQ(status.log_dropped, status.log_limited);
  daemon.stop();
}

/// systemd-journald in a mount namespace with a /run of its own.
struct RealJournal {
  explicit RealJournal(const Scratch& scratch) : run(scratch.file("run")) {
    std::filesystem::create_directories(run);
    std::string script = "mount --bind '" + run + "' /run && exec /lib/systemd/systemd-journald";
    program.emplace(Texts{"unshare", "-m", "--propagation", "private", "sh", "-c", script},
                    ProgramOptions{.output = scratch.file("journald.out"), .fds = {}});
  }
  /// Whether it listens; waits for that.
  [[nodiscard]] bool listens() const {
    while (!std::filesystem::exists(socket())) {
      if (program->ends(10ms)) return false;
    }
    return true;
  }
  [[nodiscard]] std::string socket() const { return run + "/systemd/journal/socket"; }
  [[nodiscard]] std::string read(const Texts& matches) const {
    Texts command{"journalctl", "-D", run + "/log/journal", "-o", "json", "--all", "--no-pager"};
    command.insert(command.end(), matches.begin(), matches.end());
    return integration::run(command).output;
  }
  std::string run;
  std::optional<Program> program;
};

TEST_P(Sinks, The_real_journald_understands_every_record) {
  if (::access("/lib/systemd/systemd-journald", X_OK) != 0) GTEST_SKIP() << "SKIP: systemd-journald is not installed";
  if (::geteuid() != 0) GTEST_SKIP() << "SKIP: a mount namespace for systemd-journald needs root";
  RealJournal journal(daemon.scratch());
  if (!journal.listens()) {
    GTEST_SKIP() << "SKIP: systemd-journald does not run here: " << slurp(daemon.scratch().file("journald.out"));
  }
  journal_path = journal.socket();
  settings("own = ['journal']\n");
  daemon.unit("talk",
              "kind = 'task'\ncommand = ['sh', '-c', 'echo out; echo err >&2; printf \"\\\\377\\\\n\"; "
              "head -c 900000 /dev/zero | tr \"\\\\0\" x; echo; printf last']\n"
              "[log]\nto = ['journal']\nmax_line = '1MiB'\n");
  daemon.start();
  daemon.await("talk", State::completed);
  // Not stop(), which wants nothing to be left, and journald is.
  daemon.process().signal(15);
  ASSERT_TRUE(daemon.process().wait(patience()).has_value());
  auto end = std::chrono::steady_clock::now() + patience();
  std::string got = journal.read({"SUPD_UNIT=talk"});
  while (!contains(got, "\"MESSAGE\":\"last\"") && std::chrono::steady_clock::now() < end) {
    got = journal.read({"SUPD_UNIT=talk"});
  }
  EXPECT_EQ(count(got, "\n"), 5U) << got.substr(0, 2000);
  for (const char* part : {R"("MESSAGE":"out")", R"("MESSAGE":"err")", R"("MESSAGE":[255])", R"("MESSAGE":"last")",
                           R"("SUPD_RUN":"1")", R"("SYSLOG_IDENTIFIER":"talk")", R"("SUPD_STREAM":"stderr")"}) {
    EXPECT_TRUE(contains(got, part)) << part;
  }
  EXPECT_TRUE(contains(got, "\"MESSAGE\":\"" + std::string(900'000, 'x') + "\"")) << "as a sealed file";
  EXPECT_TRUE(contains(journal.read({"SYSLOG_IDENTIFIER=supd"}), "everything is stopped"));
}

SUPD_ON_EACH_ENGINE(Sinks);

}  // namespace
}  // namespace supd::integration
