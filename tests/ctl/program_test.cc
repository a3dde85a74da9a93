/// The whole program against a scripted supd: exit codes, words, formats.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "tests/ctl/fake_supd.hpp"
#include "tests/ctl/program.hpp"

namespace supd::ctl::test {
namespace {

using proto::Request;

UnitStatus unit(const std::string& name, State state, const std::string& kind = "service") {
  UnitStatus status;
  status.name = name;
  status.kind = kind;
  status.state = state;
  status.cause = "because";
  return status;
}

/// Answers `status` with these units and `logs` with nothing.
FakeSupd::Script with_units(std::vector<UnitStatus> units) {
  return [units = std::move(units)](const Request& request) {
    Answer answer;
    if (request.method == "status") {
      proto::write_status(answer.bytes, request.id_json, units);
    } else {
      proto::write_empty(answer.bytes, request.id_json);
    }
    return answer;
  };
}

FakeSupd::Script with_results(std::vector<proto::UnitResult> results) {
  return [results = std::move(results)](const Request& request) {
    Answer answer;
    for (const proto::UnitResult& result : results) {
      proto::write_progress(answer.bytes, request.id_json, {result.name, State::starting, ""});
    }
    proto::write_results(answer.bytes, request.id_json, results);
    return answer;
  };
}

Ended run_with(const FakeSupd& supd, std::vector<std::string> words) {
  words.insert(words.begin(), {"--socket", supd.path()});
  return run_supctl({.words = words});
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Program, status_of_all_units_ends_with_0_whatever_they_do) {
  FakeSupd supd(with_units({unit("web", State::running), unit("db", State::failed)}));
  Ended run = run_with(supd, {"status"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out,
            "UNIT  STATE    PID  UPTIME  RESTARTS  CAUSE\n"
            "web   running  -    0ms     0         because\n"
            "db    failed   -    -       0         because\n");
  EXPECT_EQ(run.err, "");
}

TEST(Program, status_of_a_named_unit_that_is_not_active_ends_with_3) {
  FakeSupd supd(with_units({unit("db", State::failed)}));
  Ended run = run_with(supd, {"status", "db"});
  EXPECT_EQ(run.code, 3) << run.err;
  EXPECT_TRUE(run.out.starts_with("db\n  state       failed\n  cause       because\n")) << run.out;
  EXPECT_EQ(run_with(supd, {"status", "-q", "db"}).out, "");
  EXPECT_EQ(run_with(supd, {"status", "d*"}).code, 3);
}

TEST(Program, a_completed_task_is_fine) {
  FakeSupd supd(with_units({unit("job", State::completed, "task")}));
  EXPECT_EQ(run_with(supd, {"status", "job"}).code, 0);
}

TEST(Program, status_of_one_unit_asks_for_its_log_in_the_same_breath) {
  FakeSupd supd(with_units({unit("web", State::running)}));
  EXPECT_EQ(run_with(supd, {"status", "web"}).code, 0);
  std::vector<Request> requests = supd.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[1].method, "logs");
  EXPECT_EQ(requests[1].params.lines, 5);
}

TEST(Program, status_as_json_is_one_versioned_object) {
  FakeSupd supd(with_units({unit("web", State::running)}));
  Ended run = run_with(supd, {"status", "web", "-o", "json"});
  EXPECT_EQ(run.code, 0);
  EXPECT_TRUE(run.out.starts_with("{\"version\":1,\"units\":[{\"name\":\"web\"")) << run.out;
  EXPECT_TRUE(run.out.ends_with("}]}\n")) << run.out;
}

TEST(Program, what_supd_tells_of_its_keys_needs_no_running_supd) {
  Ended key = run_supctl({.words = {"explain", "restart.delay"}});
  EXPECT_EQ(key.code, 0) << key.err;
  EXPECT_TRUE(key.out.starts_with("restart.delay: ")) << key.out;
  Ended wrong = run_supctl({.words = {"explain", "restart.dely"}});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err, "supd: no key \"restart.dely\"; did you mean restart.delay?\n");
  Ended json = run_supctl({.words = {"-o", "json", "explain", "--", "-x"}});
  EXPECT_EQ(json.code, 4);
  EXPECT_TRUE(json.out.starts_with("{\"version\":1,\"error\":{\"code\":4,")) << json.out;
  EXPECT_TRUE(json.err.starts_with("supd: no key \"-x\"; ")) << json.err;
  EXPECT_EQ(run_supctl({.words = {"explain", "a", "b"}}).code, 2);
  EXPECT_EQ(run_supctl({.words = {"explain", "-o", "sarif"}}).code, 2);
}

TEST(Program, schemas_need_no_running_supd) {
  EXPECT_TRUE(has(run_supctl({.words = {"schema"}}).out, "\"title\": \"unit file of supd\""));
  EXPECT_TRUE(has(run_supctl({.words = {"schema", "supd"}}).out, "\"title\": \"supd.toml:"));
  EXPECT_EQ(run_supctl({.words = {"schema", "units"}}).code, 2);
}

TEST(Program, a_check_for_code_hosts) {
  Ended run = run_supctl({.words = {"check", "/no/such/file", "-o", "sarif"}});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.out, "\"version\":\"2.1.0\"") && has(run.out, "file:///no/such/file")) << run.out;
}

TEST(Program, watch_needs_a_terminal) {
  FakeSupd supd(with_units({}));
  EXPECT_EQ(run_with(supd, {"status", "--watch"}).code, 2);
}

TEST(Program, start_waits_and_shows_each_step) {
  FakeSupd supd(with_results({{"web", true, State::running, "started by hand"}}));
  Ended run = run_with(supd, {"start", "web", "--timeout", "2s"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "web: starting\nweb: running\n");
  Request request = supd.requests().at(0);
  EXPECT_EQ(request.method, "start");
  EXPECT_EQ(request.params.wait, true);
  EXPECT_EQ(request.params.timeout_ms, 2000);
  EXPECT_EQ(request.params.units, std::vector<std::string>{"web"});
}

TEST(Program, a_unit_that_fails_gives_1_its_reason_and_a_pointer) {
  FakeSupd supd(with_results({{"web", false, State::failed, "exited with 3"}}));
  Ended run = run_with(supd, {"start", "web"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "web: starting\nweb: failed, exited with 3 (see 'supctl why web' and 'supctl logs web')\n");
  Ended json = run_with(supd, {"start", "web", "-o", "json"});
  EXPECT_EQ(json.code, 1);
  EXPECT_TRUE(json.out.starts_with("{\"version\":1,\"units\":[{\"name\":\"web\",\"ok\":false")) << json.out;
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 1);
}

TEST(Program, no_wait_says_so_to_supd) {
  FakeSupd supd(with_results({{"web", true, State::stopping, ""}}));
  EXPECT_EQ(run_with(supd, {"stop", "--no-wait", "web"}).code, 0);
  EXPECT_EQ(supd.requests().at(0).params.wait, false);
}

TEST(Program, an_unknown_unit_gives_4_and_the_nearest_name) {
  FakeSupd supd([](const Request& request) { return fault(request, 4, "no such unit: wbe", "web"); });
  for (const char* verb : {"status", "start", "stop", "restart", "reset", "logs", "why", "wait", "show"}) {
    Ended run = run_with(supd, {verb, "wbe"});
    EXPECT_EQ(run.code, 4) << verb;
    EXPECT_TRUE(has(run.err, "no such unit: wbe")) << run.err;
    EXPECT_TRUE(has(run.err, "did you mean 'web'?")) << run.err;
  }
}

TEST(Program, P13_not_permitted_gives_6) {
  FakeSupd supd([](const Request& request) { return fault(request, 6, "shutdown needs the role admin"); });
  Ended run = run_with(supd, {"shutdown"});
  EXPECT_EQ(run.code, 6);
  EXPECT_TRUE(has(run.err, "supctl shutdown: shutdown needs the role admin\n")) << run.err;
}

TEST(Program, timed_out_gives_7_and_what_is_still_pending) {
  FakeSupd supd([](const Request& request) {
    proto::RpcFault fault;
    fault.code = 7;
    fault.message = "timed out after 1s";
    fault.units = {{"web", false, State::waiting, "requires db"}};
    fault.id_json = request.id_json;
    Answer answer;
    proto::write_fault(answer.bytes, fault);
    return answer;
  });
  Ended run = run_with(supd, {"wait", "web", "--timeout", "1s"});
  EXPECT_EQ(run.code, 7);
  EXPECT_EQ(run.err, "supctl wait: timed out after 1s\n  web: waiting, requires db\n");
  Ended json = run_with(supd, {"wait", "web", "-o", "json"});
  EXPECT_TRUE(json.out.starts_with("{\"version\":1,\"error\":{\"code\":7,\"message\":\"timed out after 1s\""))
      << json.out;
}

TEST(Program, an_error_without_an_id_ends_whatever_was_asked) {
  FakeSupd supd([](const Request&) {
    proto::RpcFault fault;
    fault.code = 6;
    fault.message = "uid 12 has no role";
    Answer answer{.close = true};
    proto::write_fault(answer.bytes, fault);
    return answer;
  });
  EXPECT_EQ(run_with(supd, {"status"}).code, 6);
}

TEST(Program, no_supd_gives_5_and_what_to_do) {
  Ended run = run_supctl({.words = {"status", "--socket", "/nowhere/control.sock"}});
  EXPECT_EQ(run.code, 5);
  EXPECT_TRUE(has(run.err, "/nowhere/control.sock: No such file or directory")) << run.err;
  EXPECT_TRUE(has(run.err, "is supd running?")) << run.err;
}

TEST(Program, the_environment_names_the_socket) {
  FakeSupd supd(with_units({}));
  Ended run = run_supctl({.words = {"status"}, .environment = {"SUPD_SOCKET=" + supd.path()}});
  EXPECT_EQ(run.code, 0) << run.err;
}

TEST(Program, supd_that_hangs_up_gives_5) {
  FakeSupd supd([](const Request&) { return Answer{.close = true}; });
  Ended run = run_with(supd, {"start", "web"});
  EXPECT_EQ(run.code, 5);
  EXPECT_TRUE(has(run.err, "closed the connection")) << run.err;
}

TEST(Program, C3_answers_that_are_not_json_are_refused) {
  FakeSupd supd([](const Request&) { return Answer{.bytes = "SSH-2.0-\x1b[2J\n"}; });
  Ended run = run_with(supd, {"status"});
  EXPECT_EQ(run.code, 1);
  EXPECT_FALSE(has(run.err, "\x1b")) << run.err;
}

TEST(Program, a_socket_path_that_is_too_long_is_bad_usage) {
  EXPECT_EQ(run_supctl({.words = {"status", "--socket", "/" + std::string(200, 'x')}}).code, 2);
}

TEST(Program, signals_are_checked_before_supd_is_asked) {
  FakeSupd supd(with_results({{"web", true, State::running, ""}}));
  Ended wrong = run_with(supd, {"signal", "HUPP", "web"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(has(wrong.err, "did you mean SIGHUP?")) << wrong.err;
  Ended right = run_with(supd, {"signal", "hup", "web"});
  EXPECT_EQ(right.code, 0);
  EXPECT_TRUE(right.out.ends_with("web: SIGHUP sent\n")) << right.out;
  EXPECT_EQ(supd.requests().at(0).params.signal, "SIGHUP");
}

TEST(Program, why_is_an_indented_chain) {
  FakeSupd supd([](const Request& request) {
    Answer answer;
    std::vector<proto::WhyStep> chain{{"web", State::waiting, "requires db"}, {"db", State::backoff, "exited with 1"}};
    proto::write_why(answer.bytes, request.id_json, chain);
    return answer;
  });
  EXPECT_EQ(run_with(supd, {"why", "web"}).out, "web: waiting, requires db\n  db: backoff, exited with 1\n");
}

TEST(Program, show_and_doctor) {
  FakeSupd supd([](const Request& request) {
    Answer answer;
    std::vector<proto::ShownValue> values{{"command", "[\"/bin/web\"]", "/etc/supd/web.toml:3"},
                                          {"enabled", "true", ""}};
    std::vector<proto::Finding> findings{{"engine", true, "io_uring", ""},
                                         {"cgroups", false, "no v2 tree", "mount it"}};
    if (request.method == "show") proto::write_shown(answer.bytes, request.id_json, values);
    if (request.method == "doctor") proto::write_findings(answer.bytes, request.id_json, findings);
    return answer;
  });
  EXPECT_EQ(run_with(supd, {"show", "web"}).out,
            "command = [\"/bin/web\"]  # /etc/supd/web.toml:3\n"
            "enabled = true          # default\n");
  EXPECT_EQ(run_with(supd, {"doctor"}).out,
            "ok  engine   io_uring\n"
            "!!  cgroups  no v2 tree\n"
            "             mount it\n");
}

TEST(Program, version_is_known_without_supd) {
  Ended alone = run_supctl({.words = {"version", "--socket", "/nowhere"}});
  EXPECT_EQ(alone.code, 0);
  EXPECT_TRUE(alone.out.starts_with("supctl " SUPD_VERSION)) << alone.out;
  EXPECT_TRUE(has(run_supctl({.words = {"version", "-o", "json", "--socket", "/nowhere"}}).out, "\"server\":null}"));
  FakeSupd supd([](const Request& request) {
    proto::Hello hello;
    hello.version = "9.9";
    hello.engine = "uring";
    Answer answer;
    proto::write_hello(answer.bytes, request.id_json, hello);
    return answer;
  });
  EXPECT_TRUE(has(run_with(supd, {"version"}).out, "supd 9.9, protocol 1")) << "no server line";
}

TEST(Program, output_that_can_not_be_written_is_a_failure) {
  FakeSupd supd(with_units({unit("web", State::running)}));
  std::string command = std::string(SUPCTL_PROGRAM) + " status --socket " + supd.path() + " >/dev/full 2>/dev/null";
  int status = ::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

/// A directory with a copy of supctl and a script in supd's place.
class Check : public testing::Test {
 protected:
  Check() {
    std::string pattern = "/tmp/supctl-check-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) directory_ = pattern;
    std::ifstream from(SUPCTL_PROGRAM, std::ios::binary);
    std::ofstream(directory_ + "/supctl", std::ios::binary) << from.rdbuf();
    std::ofstream(directory_ + "/supd") << "#!/bin/sh\necho \"$@\"\nexit 2\n";
    ::chmod((directory_ + "/supctl").c_str(), 0755);
    ::chmod((directory_ + "/supd").c_str(), 0755);
  }
  ~Check() override {
    for (const char* name : {"/supctl", "/supd"}) ::unlink((directory_ + name).c_str());
    ::rmdir(directory_.c_str());
  }
  std::string directory_;
};

TEST_F(Check, becomes_the_supd_beside_it) {
  std::string out;
  FILE* pipe = ::popen((directory_ + "/supctl check -o json a.toml b").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  EXPECT_EQ(WEXITSTATUS(::pclose(pipe)), 2);
  EXPECT_EQ(out, "--check -o json -c a.toml -c b\n");
}

}  // namespace
}  // namespace supd::ctl::test
