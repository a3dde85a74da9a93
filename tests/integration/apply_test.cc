/// Taking over another configuration while everything runs.

#include <csignal>
#include <filesystem>
#include <map>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

constexpr const char* sleeper = "command = ['sleep', '1000']\n";

struct Apply : OnEachEngine {
  proto::ChangeReport apply(const proto::Params& params = {}) { return report_of(daemon.call("config.apply", params)); }
  proto::ChangeReport diff() { return report_of(daemon.call("config.diff")); }

  static proto::ChangeReport report_of(const proto::Message& message) {
    auto report = message.change();
    if (!report) throw std::runtime_error(report.error().text());
    return *report;
  }

  std::map<std::string, std::int64_t> pids() {
    std::map<std::string, std::int64_t> all;
    auto statuses = daemon.call("status").statuses();
    for (const UnitStatus& unit : *statuses) all[unit.name] = unit.pid;
    return all;
  }

  void remove(std::string_view unit) const {
    std::filesystem::remove(daemon.scratch().file("units/" + std::string(unit) + ".toml"));
  }

  Ran supctl(std::vector<std::string> words) {
    std::vector<std::string> argv{supctl_program(), "--socket", daemon.socket()};
    argv.insert(argv.end(), words.begin(), words.end());
    return run(argv);
  }

  static proto::Params watching(std::int64_t ms) {
    proto::Params params;
    params.watch_ready_ms = ms;
    return params;
  }

  /// Waits until supd has printed that.
  void await_output(std::string_view text) {
    Instant deadline = ctl::now() + patience();
    // Each answer is an event after which there may be more to read.
    while (daemon.output().find(text) == std::string::npos) {
      if (ctl::now() > deadline) throw std::runtime_error("supd did not say: " + std::string(text) + daemon.output());
      static_cast<void>(daemon.call("hello"));
    }
  }
};

TEST_P(Apply, C2_one_of_fifty_units_changes_and_all_others_keep_their_processes) {
  for (int i = 0; i < 50; ++i) daemon.unit("u" + std::to_string(i), sleeper);
  daemon.start();
  for (int i = 0; i < 50; ++i) daemon.await("u" + std::to_string(i), State::running);
  auto before = pids();
  daemon.unit("u7", std::string(sleeper) + "[env]\nPORT = '8080'\n");
  auto planned = diff();
  EXPECT_EQ(planned.counts.restart, 1U);
  EXPECT_EQ(pids(), before) << "diff does nothing";
  auto done = apply();
  EXPECT_EQ(done.counts, planned.counts);
  EXPECT_EQ(done.counts.unchanged, 49U);
  ASSERT_EQ(done.units.size(), 1U);
  EXPECT_EQ(done.units[0].unit, "u7");
  ASSERT_EQ(done.units[0].keys.size(), 1U);
  EXPECT_EQ(done.units[0].keys[0].key, "env.PORT");
  EXPECT_TRUE(done.units[0].keys[0].where.ends_with("u7.toml:3")) << done.units[0].keys[0].where;
  ASSERT_EQ(done.results.size(), 1U);
  EXPECT_TRUE(done.results[0].ok);
  auto after = pids();
  EXPECT_NE(after["u7"], before["u7"]);
  after["u7"] = before["u7"];
  EXPECT_EQ(after, before);
  daemon.stop();
}

TEST_P(Apply, C2_a_comment_a_moved_line_and_a_touched_file_are_no_change) {
  daemon.unit("web", "command = ['sleep', '1000']\ndescription = 'the web'\n[depends]\nwants = ['db']\n");
  daemon.unit("db", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  auto before = pids();
  daemon.unit("web", "# moved\ndescription = 'the web'\n\ncommand = ['sleep', '1000']\n[depends]\nwants = ['db']\n");
  daemon.unit("db", sleeper);
  EXPECT_EQ(diff().units, std::vector<proto::UnitChange>{});
  auto done = apply();
  EXPECT_EQ(done.counts, (proto::ChangeCounts{.unchanged = 2}));
  EXPECT_EQ(pids(), before);
  daemon.stop();
}

TEST_P(Apply, P7_C2_one_bad_file_keeps_everything_as_it_was_and_says_where) {
  daemon.unit("web", sleeper);
  daemon.unit("db", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  auto before = pids();
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  daemon.unit("db", std::string(sleeper) + "\nrestrat = 3\n");
  for (const char* method : {"config.diff", "config.apply"}) {
    auto refused = daemon.refused(method);
    EXPECT_EQ(refused.outcome, ctl::Outcome::usage);
    ASSERT_EQ(refused.diagnostics.size(), 1U);
    EXPECT_TRUE(refused.diagnostics[0].file.ends_with("db.toml"));
    EXPECT_EQ(refused.diagnostics[0].line, 3);
    EXPECT_EQ(refused.diagnostics[0].column, 1);
    EXPECT_NE(refused.report.find("db.toml:3:1: "), std::string::npos) << refused.report;
  }
  EXPECT_EQ(pids(), before);
  Ran told = supctl({"apply"});
  EXPECT_EQ(told.exit.status, 2);
  EXPECT_NE(told.output.find("db.toml:3:1: "), std::string::npos) << told.output;
  daemon.unit("db", sleeper);
  EXPECT_EQ(apply().counts.restart, 1U);
  daemon.stop();
}

TEST_P(Apply, B6_P7_a_cycle_and_an_unknown_unit_change_nothing) {
  daemon.unit("a", sleeper);
  daemon.unit("b", std::string(sleeper) + "[depends]\nrequires = ['a']\n");
  daemon.start();
  daemon.await("b", State::running);
  auto before = pids();
  daemon.unit("a", std::string(sleeper) + "[depends]\nrequires = ['b']\n");
  EXPECT_NE(daemon.refused("config.apply").report.find("cycle"), std::string::npos);
  daemon.unit("a", std::string(sleeper) + "[depends]\nrequires = ['bb']\n");
  auto refused = daemon.refused("config.apply");
  EXPECT_NE(refused.report.find("a.toml:3:"), std::string::npos) << refused.report;
  EXPECT_EQ(pids(), before);
  daemon.stop();
}

TEST_P(Apply, C2_the_directory_vanishes_and_everything_runs_on) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  auto before = pids();
  std::string units = daemon.scratch().file("units");
  std::filesystem::rename(units, units + ".away");
  EXPECT_EQ(daemon.refused("config.apply").outcome, ctl::Outcome::usage);
  EXPECT_EQ(pids(), before);
  std::filesystem::rename(units + ".away", units);
  EXPECT_TRUE(apply().units.empty());
  daemon.stop();
}

TEST_P(Apply, C2_units_are_added_removed_and_renamed) {
  daemon.unit("stays", sleeper);
  daemon.unit("goes", sleeper);
  daemon.unit("old", sleeper);
  daemon.unit("off", std::string("enabled = false\n") + sleeper);
  daemon.start();
  daemon.await("stays", State::running);
  daemon.await("goes", State::running);
  auto before = pids();
  remove("goes");
  remove("old");
  daemon.unit("new", sleeper);
  daemon.unit("fresh", sleeper);
  daemon.unit("off", sleeper);
  auto done = apply();
  EXPECT_EQ(done.counts, (proto::ChangeCounts{.start = 3, .stop = 2, .unchanged = 1}));
  for (const auto& result : done.results) EXPECT_TRUE(result.ok) << result.name << ": " << result.cause;
  EXPECT_EQ(done.results.size(), 5U);
  auto after = pids();
  EXPECT_EQ(after["stays"], before["stays"]);
  EXPECT_FALSE(after.contains("goes"));
  EXPECT_FALSE(after.contains("old"));
  for (const char* unit : {"new", "fresh", "off"}) EXPECT_NE(after[unit], 0) << unit;
  EXPECT_EQ(living(before["goes"]), "");
  daemon.stop();
}

TEST_P(Apply, C2_another_log_path_is_taken_over_without_a_restart) {
  std::string script = "command = ['sh', '-c', 'trap \"echo line\" USR1; echo up; while :; do sleep 0.01; done']\n";
  std::string first = daemon.scratch().file("first.log"), second = daemon.scratch().file("second.log");
  daemon.unit("web", script + "[log]\npath = '" + first + "'\n");
  daemon.start();
  daemon.await_line("web", "up");
  auto before = pids();
  daemon.unit("web", script + "[log]\npath = '" + second + "'\n");
  auto done = apply();
  EXPECT_EQ(done.counts, (proto::ChangeCounts{.live = 1}));
  proto::Params params;
  params.units = {"web"};
  params.signal = "USR1";
  static_cast<void>(daemon.call("signal", params));
  daemon.await_line("web", "line");
  EXPECT_EQ(pids(), before);
  daemon.stop();
  EXPECT_NE(slurp(first).find("up"), std::string::npos);
  EXPECT_EQ(slurp(first).find("line"), std::string::npos);
  EXPECT_NE(slurp(second).find("line"), std::string::npos);
}

TEST_P(Apply, who_binds_what_changed_restarts_along) {
  daemon.unit("web", sleeper);
  daemon.unit("worker", std::string(sleeper) + "[depends]\nbinds = ['web']\n");
  daemon.unit("other", sleeper);
  daemon.start();
  daemon.await("worker", State::running);
  daemon.await("other", State::running);
  auto before = pids();
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  auto done = apply();
  EXPECT_EQ(done.counts.restart, 2U);
  ASSERT_EQ(done.units.size(), 2U);
  EXPECT_EQ(done.units[1].unit, "worker");
  EXPECT_NE(done.units[1].reason.find("binds web"), std::string::npos);
  auto after = pids();
  EXPECT_NE(after["web"], before["web"]);
  EXPECT_NE(after["worker"], before["worker"]);
  EXPECT_EQ(after["other"], before["other"]);
  daemon.stop();
}

TEST_P(Apply, what_does_not_come_up_is_rolled_back_and_nothing_else_is_touched) {
  daemon.unit("web", sleeper);
  daemon.unit("also", sleeper);
  daemon.unit("other", sleeper);
  daemon.unit("gone", sleeper);
  daemon.start();
  for (const char* unit : {"web", "also", "other", "gone"}) daemon.await(unit, State::running);
  auto before = pids();
  std::string broken = "command = ['sh', '-c', 'exit 3']\n";
  daemon.unit("web", broken);
  daemon.unit("also", std::string(sleeper) + "[env]\nNEW = '1'\n");
  daemon.unit("added", sleeper);
  remove("gone");
  auto failed = daemon.refused("config.apply", watching(10'000));
  EXPECT_EQ(failed.outcome, ctl::Outcome::failed);
  EXPECT_TRUE(failed.text.starts_with("web: ")) << failed.text;
  EXPECT_NE(failed.text.find("exited with 3"), std::string::npos) << failed.text;
  EXPECT_NE(failed.text.find("rolled back"), std::string::npos) << failed.text;
  EXPECT_NE(failed.advice.find("files on the disk"), std::string::npos) << failed.advice;
  ASSERT_FALSE(failed.units.empty());
  EXPECT_EQ(failed.units[0].name, "web");
  auto after = pids();
  EXPECT_EQ(after["other"], before["other"]);
  EXPECT_FALSE(after.contains("added"));
  for (const char* unit : {"web", "also", "gone"}) {
    EXPECT_EQ(daemon.status(unit).state, State::running) << unit;
    EXPECT_NE(after[unit], before[unit]) << unit;
  }
  EXPECT_EQ(slurp(daemon.scratch().file("units/web.toml")), broken) << "files are people's";
  auto still = diff();
  EXPECT_EQ(still.counts, (proto::ChangeCounts{.restart = 2, .start = 1, .stop = 1, .unchanged = 1}));
  daemon.stop();
}

TEST_P(Apply, what_was_stopped_by_hand_stays_so_through_a_rollback) {
  daemon.unit("web", sleeper);
  daemon.unit("idle", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  daemon.operate("stop", "idle");
  remove("idle");
  daemon.unit("web", "command = ['false']\n");
  static_cast<void>(daemon.refused("config.apply", watching(10'000)));
  EXPECT_EQ(daemon.status("web").state, State::running);
  EXPECT_FALSE(daemon.status("idle").wanted);
  daemon.stop();
}

TEST_P(Apply, a_unit_that_never_becomes_ready_is_late) {
  daemon.unit("job", "kind = 'task'\ncommand = ['true']\n");
  daemon.start();
  daemon.await("job", State::completed);
  daemon.unit("job", "kind = 'task'\ncommand = ['sleep', '1000']\n");
  daemon.unit("more", "kind = 'task'\ncommand = ['sleep', '1000']\n");
  auto failed = daemon.refused("config.apply", watching(50));
  EXPECT_NE(failed.text.find("not ready within 50ms"), std::string::npos) << failed.text;
  EXPECT_FALSE(pids().contains("more"));
  daemon.stop();
}

TEST_P(Apply, what_comes_up_and_stays_is_kept) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  auto before = pids();
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  auto done = apply(watching(10'000));
  EXPECT_EQ(done.counts.restart, 1U);
  EXPECT_NE(pids(), before);
  EXPECT_TRUE(diff().units.empty());
  daemon.stop();
}

TEST_P(Apply, P8_changes_wait_in_a_bounded_queue) {
  daemon.unit("web", sleeper);
  daemon.start();
  // A task that does not end is watched for as long as it may take: all others wait.
  daemon.unit("task", "kind = 'task'\ncommand = ['sleep', '1000']\n");
  ctl::Client watched = daemon.connect(), many = daemon.connect();
  auto first = watched.request("config.apply", watching(600'000));
  daemon.await("task", State::running);
  constexpr int wishes = 20, most = 16;
  std::vector<std::int64_t> ids;
  for (int i = 0; i < wishes; ++i) ids.push_back(*many.request("config.diff"));
  int refused = 0, answered = 0;
  while (refused < wishes - most) {
    auto message = many.next(ctl::now() + patience());
    ASSERT_TRUE(message.has_value());
    ASSERT_EQ(message->kind(), proto::MessageKind::error);
    EXPECT_NE(message->fault().message.find("waiting already"), std::string::npos) << message->fault().message;
    ++refused;
  }
  daemon.operate("stop", "task");
  EXPECT_TRUE(watched.answer(*first, ctl::now() + patience()).has_value());
  while (answered < most) {
    auto message = many.next(ctl::now() + patience());
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->kind(), proto::MessageKind::result);
    ++answered;
  }
  daemon.stop();
}

TEST_P(Apply, two_at_once_are_done_one_after_the_other) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  ctl::Client a = daemon.connect(), b = daemon.connect();
  auto first = a.request("config.apply"), second = b.request("config.apply");
  auto of_a = report_of(*a.answer(*first, ctl::now() + patience()));
  auto of_b = report_of(*b.answer(*second, ctl::now() + patience()));
  EXPECT_EQ(of_a.counts.restart + of_b.counts.restart, 1U) << "the other one finds nothing to do";
  EXPECT_EQ(daemon.status("web").run, 2U);
  daemon.stop();
}

TEST_P(Apply, a_client_that_goes_away_takes_nothing_back) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  {
    ctl::Client client = daemon.connect();
    ASSERT_TRUE(client.request("config.apply", watching(1000)).has_value());
  }
  daemon.await_run("web", State::running, 2);
  EXPECT_TRUE(diff().units.empty());
  daemon.stop();
}

TEST_P(Apply, supd_ends_in_order_while_a_configuration_is_read) {
  for (int i = 0; i < 500; ++i) daemon.unit("u" + std::to_string(i), std::string("enabled = false\n") + sleeper);
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  // [defaults] is everybody's: all files are read again.
  daemon.unit("supd", "[defaults]\ndescription = 'x'\n");
  ctl::Client client = daemon.connect();
  ASSERT_TRUE(client.request("config.apply").has_value());
  daemon.stop();
}

TEST_P(Apply, SIGHUP_applies_and_tells_in_the_log_what_came_of_it) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  daemon.unit("web", std::string(sleeper) + "[env]\nA = '1'\n");
  daemon.process().signal(SIGHUP);
  daemon.await_run("web", State::running, 2);
  await_output("configuration changed for SIGHUP: 1 restart");
  daemon.unit("web", std::string(sleeper) + "frob = 1\n");
  daemon.process().signal(SIGHUP);
  await_output("web.toml:2:1: error: ");
  EXPECT_EQ(daemon.status("web").run, 2U);
  daemon.stop();
}

TEST_P(Apply, settings_of_supd_are_taken_over_while_it_runs_where_they_can_be) {
  daemon.unit("web", sleeper);
  daemon.unit("supd", "[daemon]\nlog_level = 'info'\n");
  daemon.start();
  daemon.await("web", State::running);
  daemon.unit("supd", "[daemon]\nlog_level = 'debug'\nengine = 'epoll'\n");
  auto done = apply();
  EXPECT_TRUE(done.units.empty());
  ASSERT_EQ(done.settings.size(), 2U);
  for (const auto& setting : done.settings) EXPECT_EQ(setting.live, setting.key == "daemon.log_level") << setting.key;
  daemon.operate("restart", "web");
  await_output("command for 1 units");  // a line of debug
  daemon.stop();
}

TEST_P(Apply, supctl_shows_what_differs_and_what_it_does) {
  daemon.unit("web", std::string(sleeper) + "[env]\nPORT = '80'\n");
  daemon.unit("db", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  EXPECT_EQ(supctl({"diff"}).output, "nothing would change\n");
  daemon.unit("web", std::string(sleeper) + "[env]\nPORT = '8080'\n");
  std::string where = daemon.scratch().file("units/web.toml:3");
  Ran told = supctl({"diff"});
  EXPECT_EQ(told.exit.status, 0);
  EXPECT_EQ(told.output, "web: restart\n  env.PORT  \"80\" → \"8080\"  " + where + "\n1 restart, 1 unchanged\n");
  EXPECT_EQ(supctl({"diff", "--exit-code"}).exit.status, 1);
  EXPECT_EQ(supctl({"diff", "wev"}).exit.status, 4);
  EXPECT_EQ(supctl({"diff", "db", "--exit-code"}).exit.status, 0);
  EXPECT_EQ(supctl({"apply", "--dry-run"}).output, told.output);
  Ran applied = supctl({"apply"});
  EXPECT_EQ(applied.exit.status, 0);
  EXPECT_NE(applied.output.find("web: running\n"), std::string::npos) << applied.output;
  EXPECT_NE(applied.output.find("1 restart, 1 unchanged\n"), std::string::npos) << applied.output;
  EXPECT_EQ(supctl({"apply"}).output, "nothing changed\n");
  daemon.stop();
}

TEST_P(Apply, P8_C4_many_changes_leave_no_fd_behind) {
  daemon.unit("web", sleeper);
  daemon.start();
  daemon.await("web", State::running);
  auto open_fds = [&] {
    std::string fds = "/proc/" + std::to_string(daemon.process().pid()) + "/fd";
    return std::distance(std::filesystem::directory_iterator(fds), std::filesystem::directory_iterator());
  };
  auto before = open_fds();
  for (int i = 0; i < 60; ++i) {
    daemon.unit("more", std::string(sleeper) + "[env]\nN = '" + std::to_string(i) + "'\n");
    static_cast<void>(apply());
    if (i % 3 != 2) continue;
    remove("more");
    static_cast<void>(apply());
  }
  // What the last change and the last process left is closed a moment later.
  Instant deadline = ctl::now() + patience();
  while (open_fds() > before && ctl::now() < deadline) static_cast<void>(daemon.call("hello"));
  EXPECT_EQ(open_fds(), before);
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Apply);

}  // namespace
}  // namespace supd::integration
