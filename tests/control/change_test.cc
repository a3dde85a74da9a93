// config.*: from the request to the change, and from what becomes of it to the answer.

#include <sys/stat.h>

#include "ctl/proto/outcome.hpp"
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

proto::ChangeReport report_of_web() {
  proto::ChangeReport report;
  report.counts = {.restart = 1, .unchanged = 48};
  report.units = {{"web", "changed", "restart", "", {{"env.PORT", "\"80\"", "\"8080\"", "web.toml:7", "restart"}}}};
  report.settings = {{"daemon.log_level", "\"info\"", "\"debug\"", true}};
  report.notes = {"a note"};
  report.warnings = {{"warning", "web.toml", 3, 1, "env", "odd", "", "x", 1}};
  return report;
}

class Changes : public ControlTest {
 protected:
  void wait_for_change(std::size_t count = 1) {
    until([&] { return port.asked.size() == count; });
  }
  ChangeListener& listener(std::size_t index = 0) { return *port.asked.at(index).listener; }
};
ON_BOTH_ENGINES(Changes);

TEST_P(Changes, diff_hands_on_its_units_and_answers_with_the_report) {
  auto client = adopted();
  client->request(1, "config.diff", Params{.units = {"web", "d*"}});
  wait_for_change();
  EXPECT_EQ(port.asked[0].change.kind, ChangeKind::diff);
  EXPECT_EQ(port.asked[0].change.units, (std::vector<std::string>{"web", "d*"}));
  EXPECT_NE(port.asked[0].change.by.find("uid "), std::string::npos);
  listener().on_changed(report_of_web(), {}, false);
  EXPECT_EQ(answer(*client, 1).change().value(), report_of_web());
  EXPECT_TRUE(port.forgotten.empty()) << "it has had its last word";
}

TEST_P(Changes, apply_answers_when_everything_that_it_began_is_done) {
  UnitId web = port.add("web", State::running), db = port.add("db");
  auto client = adopted();
  client->request(1, "config.apply");
  wait_for_change();
  EXPECT_FALSE(port.asked[0].change.watch_ready.has_value());
  listener().on_changed(report_of_web(), {{web, Verb::restart, 0}, {db, Verb::start, 0}}, false);
  settle();
  port.set(web, State::stopping);
  port.set(web, State::starting);
  port.set(web, State::running, "ready");
  settle();
  port.set(db, State::failed, "exec: No such file or directory");
  auto report = answer(*client, 1).change();
  ASSERT_EQ(report->results.size(), 2U);
  EXPECT_EQ(report->results[0], (proto::UnitResult{"web", true, State::running, "ready"}));
  EXPECT_FALSE(report->results[1].ok);
  EXPECT_EQ(report->counts.restart, 1U);
  std::string told;
  for (const auto& note : notifications) told += note.progress()->unit + " ";
  EXPECT_NE(told.find("web db"), std::string::npos) << told;
}

TEST_P(Changes, a_unit_that_was_removed_is_done_when_it_is_gone) {
  UnitId old = port.add("old", State::running);
  auto client = adopted();
  client->request(1, "config.apply");
  wait_for_change();
  listener().on_changed({}, {{old, Verb::stop, 1}}, false);
  settle();
  port.remove(old);
  auto report = answer(*client, 1).change();
  ASSERT_EQ(report->results.size(), 1U);
  EXPECT_EQ(report->results[0].name, "old");
  EXPECT_TRUE(report->results[0].ok);
}

TEST_P(Changes, without_wait_the_answer_comes_when_it_is_in_force) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "config.apply", Params{.wait = false});
  wait_for_change();
  listener().on_changed(report_of_web(), {{web, Verb::start, 0}}, false);
  auto report = answer(*client, 1).change();
  EXPECT_TRUE(report->results.empty());
  EXPECT_TRUE(notifications.empty());
}

TEST_P(Changes, P7_what_is_wrong_with_the_files_comes_as_fields_and_as_text) {
  auto client = adopted();
  client->request(1, "config.apply");
  wait_for_change();
  proto::RpcFault fault{static_cast<int>(proto::Outcome::usage), "the configuration has 1 error", {}, {}};
  fault.diagnostics = {{"error", "a.toml", 2, 1, "frob", "unknown key", "write frobnicate", "frob = 1", 1}};
  fault.text = "a.toml:2:1: error: frob: unknown key\n";
  listener().on_refused(fault);
  auto reply = answer(*client, 1);
  EXPECT_EQ(reply.kind(), proto::MessageKind::error);
  EXPECT_EQ(reply.fault().code, 2);
  EXPECT_EQ(reply.fault().diagnostics, fault.diagnostics);
  EXPECT_EQ(reply.fault().text, fault.text);
}

TEST_P(Changes, what_is_watched_is_answered_when_it_stays_and_when_it_was_undone) {
  UnitId web = port.add("web", State::running);
  auto client = adopted();
  for (std::size_t i = 0; i < 2; ++i) {
    client->request(1, "config.apply", Params{.watch_ready_ms = 1500});
    wait_for_change(i + 1);
    EXPECT_EQ(port.asked[i].change.watch_ready, Duration(1500ms));
    listener(i).on_changed(report_of_web(), {{web, Verb::start, 0}}, true);
    settle();
    port.set(web, State::starting);
    port.set(web, State::running);
    settle();
    if (i == 0) {
      listener(i).on_watched(std::nullopt);
      auto report = answer(*client, 1).change();
      ASSERT_EQ(report->results.size(), 1U);
      EXPECT_TRUE(report->results[0].ok);
    } else {
      proto::RpcFault undone{1, "web: failed (exited with 1); rolled back", {}, {}};
      undone.units = {{"web", false, State::failed, "exited with 1"}};
      undone.hint = "correct the files";
      listener(i).on_watched(undone);
      auto reply = answer(*client, 1);
      EXPECT_EQ(reply.fault().units, undone.units);
      EXPECT_EQ(reply.fault().hint, "correct the files");
    }
  }
  EXPECT_TRUE(port.forgotten.empty());
}

TEST_P(Changes, a_client_that_goes_away_is_forgotten_and_takes_nothing_back) {
  auto client = adopted();
  client->request(1, "config.apply", Params{.watch_ready_ms = 1});
  wait_for_change();
  client->close();
  until([&] { return server->sessions() == 0; });
  EXPECT_EQ(port.forgotten, std::vector<ChangeId>{1});
}

TEST_P(Changes, a_timeout_tells_what_is_waited_for) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "config.apply", Params{.timeout_ms = 0});
  expect_fault(*client, 1, 7, "still being read");
  EXPECT_EQ(port.forgotten, std::vector<ChangeId>{1});
  client->request(2, "config.apply", Params{.timeout_ms = 200});
  wait_for_change(2);
  listener(1).on_changed({}, {{web, Verb::start, 0}}, false);
  auto reply = answer(*client, 2);
  EXPECT_EQ(reply.fault().code, 7);
  ASSERT_EQ(reply.fault().units.size(), 1U);
  EXPECT_EQ(reply.fault().units[0].name, "web");
}

TEST_P(Changes, what_people_say_is_handed_on_and_needs_units) {
  auto client = adopted();
  struct Case {
    const char* method;
    ChangeKind kind;
  };
  std::size_t count = 0;
  for (auto [method, kind] : {Case{"config.enable", ChangeKind::enable}, Case{"config.disable", ChangeKind::disable},
                              Case{"config.mask", ChangeKind::mask}, Case{"config.unmask", ChangeKind::unmask},
                              Case{"config.scale", ChangeKind::scale}}) {
    client->request(1, method);
    expect_fault(*client, 1, proto::invalid_params, "units is missing");
    client->request(2, method, Params{.units = {"web=2"}, .now = true});
    wait_for_change(++count);
    EXPECT_EQ(port.asked.back().change.kind, kind);
    EXPECT_TRUE(port.asked.back().change.now);
    listener(count - 1).on_changed({}, {}, false);
    EXPECT_EQ(answer(*client, 2).change().value(), proto::ChangeReport{});
  }
  client->request(3, "config.mask", Params{.units = {std::string(300, 'w')}});
  expect_fault(*client, 3, 4, "that long");
}

TEST_P(Changes, bad_wishes_are_refused_before_anything_is_asked) {
  auto client = adopted();
  client->request(1, "config.apply", Params{.units = {"web"}});
  expect_fault(*client, 1, proto::invalid_params, "all files");
  client->request(2, "config.apply", Params{.watch_ready_ms = INT64_MAX});
  expect_fault(*client, 2, proto::invalid_params, "1h");
  port.refuse_changes = proto::RpcFault{1, "too many wait", {}, {}};
  client->request(3, "config.apply");
  expect_fault(*client, 3, 1, "too many wait");
  EXPECT_TRUE(port.asked.empty());
}

TEST_P(Changes, P8_a_report_of_a_thousand_units_is_answered) {
  proto::ChangeReport report;
  for (std::size_t i = 0; i < proto::max_reported_units; ++i) {
    report.units.push_back(
        {"u" + std::to_string(i), "changed", "live", "", {{"description", "\"a\"", "\"b\"", "", "live"}}});
  }
  report.more = 9000;
  auto client = adopted();
  client->request(1, "config.diff");
  wait_for_change();
  listener().on_changed(report, {}, false);
  EXPECT_EQ(answer(*client, 1).change().value(), report);
}

TEST_P(Changes, a_masked_unit_that_is_named_is_not_started_and_nothing_else_either) {
  port.add("web");
  port.add("worker");
  port.units[0].masked = true;
  auto client = adopted();
  client->request(1, "start", Params{.units = {"worker", "web"}});
  expect_fault(*client, 1, 1, "web is masked: supctl unmask web");
  EXPECT_TRUE(port.given.empty());
  client->request(2, "start", Params{.units = {"w*"}, .wait = false});
  EXPECT_EQ(answer(*client, 2).results()->size(), 1U) << "a pattern passes over it";
  client->request(3, "start", Params{.units = {"we*"}});
  expect_fault(*client, 3, 1, "web is masked");
}

TEST_P(Changes, an_unknown_unit_comes_with_what_to_do) {
  auto client = adopted();
  client->request(1, "start", Params{.units = {"new"}});
  EXPECT_EQ(answer(*client, 1).fault().hint, "look for new");
}

TEST_P(Changes, P13_the_mode_of_the_socket_follows_the_lists) {
  listen();
  struct stat file {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  auto client = connect();
  expect_alive(*client);
  server->set_access(Access{.read = {{4711}, {}}, .operate = {}, .admin = {}});
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0666U);
  server->set_access({});
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  expect_alive(*client);
  EXPECT_EQ(server->sessions(), 1U) << "supd's own user may always do everything";
}

}  // namespace
}  // namespace supd::control
