/// diff, apply and the others against a scripted supd: words, formats, exit codes.

#include <gtest/gtest.h>

#include "ctl/proto/reply.hpp"
#include "tests/ctl/fake_supd.hpp"
#include "tests/ctl/program.hpp"

namespace supd::ctl::test {
namespace {

proto::ChangeReport report() {
  proto::ChangeReport report;
  report.counts = {.restart = 2, .start = 1, .stop = 1, .live = 1, .none = 1, .unchanged = 48};
  report.units = {
      {"web",
       "changed",
       "restart",
       "",
       {{"env.PORT", "\"80\"", "\"8080\"", "web.toml:7", "restart"}, {"directory", "\"/srv\"", "", "", "restart"}}},
      {"new", "added", "start", "", {}},
      {"db", "changed", "live", "", {{"description", "", "\"\x1b[2J\"", "db.toml:1", "live"}}},
      {"idle", "changed", "none", "", {}},
      {"old", "removed", "stop", "", {}},
      {"worker", "same", "restart", "binds web, which restarts", {}},
  };
  report.settings = {{"daemon.log_level", "\"info\"", "\"debug\"", true},
                     {"daemon.engine", "\"auto\"", "\"epoll\"", false}};
  return report;
}

constexpr const char* text =
    "web: restart\n"
    "  env.PORT   \"80\" → \"8080\"   web.toml:7\n"
    "  directory  \"/srv\" → unset\n"
    "new: new, start\n"
    "db: changed while it runs\n"
    "  description  unset → \"\\x1b[2J\"  db.toml:1\n"
    "idle: changed for its next start\n"
    "old: removed, stop\n"
    "worker: restart, binds web, which restarts\n"
    "supd\n"
    "  daemon.log_level  \"info\" → \"debug\"\n"
    "  daemon.engine     \"auto\" → \"epoll\"  with the next start of supd\n"
    "2 restarts, 1 start, 1 stop, 1 changed while it runs, 1 changed for its next start, 48 unchanged\n";

FakeSupd::Script with_report(proto::ChangeReport report) {
  return [report = std::move(report)](const proto::Request& request) {
    Answer answer;
    for (const proto::UnitResult& result : report.results) {
      proto::write_progress(answer.bytes, request.id_json, {result.name, State::starting, ""});
    }
    proto::write_change(answer.bytes, request.id_json, report);
    return answer;
  };
}

Ended run_with(const FakeSupd& supd, std::vector<std::string> words) {
  words.insert(words.begin(), {"--socket", supd.path()});
  return run_supctl({.words = words});
}

TEST(Change, diff_is_one_block_per_unit_and_a_summary) {
  FakeSupd supd(with_report(report()));
  Ended run = run_with(supd, {"diff", "web", "o*"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, text);
  EXPECT_EQ(supd.requests().at(0).method, "config.diff");
  EXPECT_EQ(supd.requests().at(0).params.units, (std::vector<std::string>{"web", "o*"}));
  EXPECT_EQ(run_with(supd, {"diff", "--exit-code"}).code, 1);
  EXPECT_EQ(run_with(supd, {"diff", "-q"}).out, "");
  EXPECT_EQ(run_with(supd, {"apply", "--dry-run"}).out, text);
  EXPECT_EQ(supd.requests().back().method, "config.diff");
}

TEST(Change, nothing_that_differs_is_said_in_words) {
  proto::ChangeReport nothing;
  nothing.counts.unchanged = 3;
  nothing.warnings = {{"warning", "a.toml", 1, 1, "", "odd", "", "", 0}};
  FakeSupd supd(with_report(nothing));
  EXPECT_EQ(run_with(supd, {"diff"}).out, "nothing would change\n");
  EXPECT_EQ(run_with(supd, {"diff", "--exit-code"}).code, 0);
  EXPECT_EQ(run_with(supd, {"apply"}).out, "nothing changed\n");
}

TEST(Change, json_is_the_report_with_a_version) {
  FakeSupd supd(with_report(report()));
  Ended run = run_with(supd, {"diff", "-o", "json"});
  EXPECT_TRUE(run.out.starts_with("{\"version\":1,\"counts\":{\"restart\":2,")) << run.out;
  EXPECT_NE(run.out.find("\"keys\":[{\"key\":\"env.PORT\",\"before\":\"\\\"80\\\"\""), std::string::npos) << run.out;
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1);
}

TEST(Change, apply_waits_and_a_unit_that_fails_gives_1) {
  proto::ChangeReport failed;
  failed.counts = {.start = 1};
  failed.units = {{"web", "added", "start", "", {}}};
  failed.results = {{"web", false, State::failed, "exited with 3"}};
  FakeSupd supd(with_report(failed));
  Ended run = run_with(supd, {"apply", "--timeout", "2s"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out,
            "web: starting\nweb: new, start\n1 start\n"
            "web: failed, exited with 3 (see 'supctl why web' and 'supctl logs web')\n");
  proto::Request request = supd.requests().at(0);
  EXPECT_EQ(request.params.wait, true);
  EXPECT_EQ(request.params.timeout_ms, 2000);
  EXPECT_FALSE(request.params.watch_ready_ms.has_value());
  EXPECT_EQ(run_with(supd, {"apply", "--watch-ready", "1500us", "--no-wait"}).code, 1);
  EXPECT_EQ(supd.requests().back().params.watch_ready_ms, 2);
  EXPECT_EQ(supd.requests().back().params.wait, false);
  EXPECT_EQ(run_with(supd, {"apply", "--watch-ready", "soon"}).code, 2);
}

TEST(Change, P7_diagnostics_come_before_the_failure_and_as_json) {
  FakeSupd supd([](const proto::Request& request) {
    proto::RpcFault fault{2, "the configuration has 1 error: nothing was changed", {}, {}, request.id_json};
    fault.diagnostics = {{"error", "a.toml", 2, 1, "frob", "unknown key", "", "frob = 1", 1}};
    fault.text = "a.toml:2:1: error: frob: unknown key\n    2 | frob\x1b = 1\n";
    Answer answer;
    proto::write_fault(answer.bytes, fault);
    return answer;
  });
  Ended run = run_with(supd, {"apply"});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.err,
            "a.toml:2:1: error: frob: unknown key\n    2 | frob\\x1b = 1\n"
            "supctl apply: the configuration has 1 error: nothing was changed\n");
  Ended json = run_with(supd, {"apply", "-o", "json"});
  EXPECT_NE(json.out.find("\"diagnostics\":[{\"severity\":\"error\",\"file\":\"a.toml\",\"line\":2"), std::string::npos)
      << json.out;
}

TEST(Change, what_was_rolled_back_gives_1_its_reason_and_what_to_do) {
  FakeSupd supd([](const proto::Request& request) {
    proto::RpcFault fault{1, "web: backoff (exited with 3); rolled back: web", {}, {}, request.id_json};
    fault.hint = "the files are as they were";
    fault.units = {{"web", false, State::backoff, "exited with 3"}};
    Answer answer;
    proto::write_fault(answer.bytes, fault);
    return answer;
  });
  Ended run = run_with(supd, {"apply", "--watch-ready", "1s"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err, "supctl apply: web: backoff (exited with 3); rolled back: web\n  the files are as they were\n");
}

TEST(Change, what_people_say_is_asked_for_and_answered_in_words) {
  proto::ChangeReport said;
  said.counts = {.none = 1};
  said.notes = {"web: starts with supd from now on", "this is not kept: Read-only file system"};
  FakeSupd supd(with_report(said));
  Ended run = run_with(supd, {"enable", "--now", "web"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, said.notes[0] + "\n" + said.notes[1] + "\n");
  EXPECT_EQ(supd.requests().back().method, "config.enable");
  EXPECT_EQ(supd.requests().back().params.now, true);
  for (const char* verb : {"disable", "mask", "unmask"}) {
    EXPECT_EQ(run_with(supd, {verb, "web"}).code, 0) << verb;
    EXPECT_EQ(supd.requests().back().method, std::string("config.") + verb);
    EXPECT_EQ(run_with(supd, {verb}).code, 2) << verb;
  }
  EXPECT_EQ(run_with(supd, {"scale", "web", "3"}).code, 0);
  EXPECT_EQ(supd.requests().back().params.units, std::vector<std::string>{"web=3"});
  EXPECT_EQ(run_with(supd, {"scale", "web=3", "db=1"}).code, 0);
  EXPECT_EQ(supd.requests().back().params.units, (std::vector<std::string>{"web=3", "db=1"}));
}

TEST(Change, a_unit_file_is_printed_as_it_is) {
  FakeSupd supd([](const proto::Request& request) {
    Answer answer;
    proto::write_shown(answer.bytes, request.id_json, {}, request.params.reveal ? "a = 1\n" : "b = 2\n");
    return answer;
  });
  EXPECT_EQ(run_with(supd, {"show", "web", "-o", "toml"}).out, "b = 2\n");
  EXPECT_EQ(run_with(supd, {"show", "web", "-o", "toml", "--reveal"}).out, "a = 1\n");
  EXPECT_EQ(supd.requests().back().params.toml, true);
  EXPECT_EQ(run_with(supd, {"show", "web", "env", "-o", "toml"}).code, 2);
}

}  // namespace
}  // namespace supd::ctl::test
