/// The control socket and supctl against a real supd.

#include <algorithm>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

struct Control : OnEachEngine {
  Ran supctl(std::vector<std::string> words) {
    std::vector<std::string> argv{supctl_program(), "--socket", daemon.socket()};
    argv.insert(argv.end(), words.begin(), words.end());
    return run(argv);
  }
};

TEST_P(Control, P11_hello_names_the_engine_that_was_asked_for) {
  daemon.start();
  auto hello = daemon.call("hello").hello();
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(hello->engine, GetParam());
  EXPECT_EQ(hello->pid, daemon.process().pid());
  daemon.stop();
}

TEST_P(Control, supctl_tells_by_its_exit_code_how_it_went) {
  daemon.unit("web", "command = ['sleep', '1000']\n");
  daemon.unit("off", "enabled = false\ncommand = ['sleep', '1000']\n");
  daemon.start();
  daemon.await("web", State::running);
  EXPECT_EQ(supctl({"status", "web"}).exit.status, 0);
  EXPECT_EQ(supctl({"status", "off"}).exit.status, 3);
  Ran wrong = supctl({"status", "wev"});
  EXPECT_EQ(wrong.exit.status, 4);
  EXPECT_NE(wrong.output.find("web"), std::string::npos) << wrong.output;
  EXPECT_EQ(supctl({"start", "off"}).exit.status, 0);
  EXPECT_EQ(supctl({"frobnicate"}).exit.status, 2);
  EXPECT_EQ(run({supctl_program(), "--socket", daemon.scratch().file("none"), "status"}).exit.status, 5);
  daemon.stop();
}

TEST_P(Control, supctl_shows_logs_and_reasons) {
  daemon.unit("web", "command = ['sh', '-c', 'echo hello from web; exec sleep 1000']\n");
  daemon.start();
  daemon.await_line("web", "hello");
  Ran logs = supctl({"logs", "web"});
  EXPECT_NE(logs.output.find("hello from web"), std::string::npos) << logs.output;
  Ran show = supctl({"show", "web", "now"});
  EXPECT_NE(show.output.find("now.log_lines = 1 "), std::string::npos) << show.output;
  Ran why = supctl({"why", "web"});
  EXPECT_EQ(why.exit.status, 0);
  EXPECT_NE(why.output.find("web"), std::string::npos) << why.output;
  daemon.stop();
}

TEST_P(Control, C3_a_second_supd_on_the_same_socket_refuses_and_names_the_first) {
  daemon.start();
  Ran second = run({supd_program(), "-c", daemon.scratch().file("units"), "--socket", daemon.socket(), "--log-dir",
                    daemon.scratch().file("logs"), "--engine", GetParam()});
  EXPECT_NE(second.exit.status, 0);
  EXPECT_NE(second.output.find(std::to_string(daemon.process().pid())), std::string::npos) << second.output;
  EXPECT_TRUE(daemon.call("hello").hello().has_value()) << "the first one goes on";
  daemon.stop();
}

TEST_P(Control, P7_a_bad_configuration_starts_nothing_and_says_where) {
  daemon.unit("bad", "command = ['sleep', '1000']\nrestrat = 3\n");
  Ran ran = run({supd_program(), "-c", daemon.scratch().file("units"), "--socket", daemon.socket(), "--log-dir",
                 daemon.scratch().file("logs"), "--engine", GetParam()});
  EXPECT_NE(ran.exit.status, 0);
  EXPECT_NE(ran.output.find("bad.toml:2:1: "), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("restart"), std::string::npos) << "the nearest key\n" << ran.output;
}

TEST_P(Control, B6_a_cycle_is_an_error_before_anything_starts) {
  daemon.unit("a", "command = ['sleep', '1000']\n[depends]\nrequires = ['b']\n");
  daemon.unit("b", "command = ['sleep', '1000']\n[depends]\nrequires = ['a']\n");
  Ran ran = run({supd_program(), "-c", daemon.scratch().file("units"), "--socket", daemon.socket(), "--log-dir",
                 daemon.scratch().file("logs"), "--engine", GetParam()});
  EXPECT_NE(ran.exit.status, 0);
  EXPECT_NE(ran.output.find("a.toml"), std::string::npos) << ran.output;
}

TEST_P(Control, P6_status_is_answered_while_a_child_floods) {
  daemon.unit("flood", "command = ['sh', '-c', 'exec yes']\n");
  daemon.start();
  daemon.await("flood", State::running);
  // Half a thousand answers; each has to come, and none may wait for the flood's end, which never comes.
  for (int i = 0; i < 500; ++i) ASSERT_EQ(daemon.status("flood").state, State::running);
  daemon.stop();
}

TEST_P(Control, signals_and_unknown_units_through_the_socket) {
  daemon.unit("web", "command = ['sh', '-c', 'trap \"echo got it\" USR1; echo ready; while :; do sleep 0.05; done']\n");
  daemon.start();
  daemon.await_line("web", "ready");
  proto::Params params;
  params.units = {"web"};
  params.signal = "SIGUSR1";
  static_cast<void>(daemon.call("signal", params));
  EXPECT_EQ(daemon.await_line("web", "got"), "got it");
  params.units = {"wep"};
  EXPECT_EQ(daemon.refused("start", params).outcome, ctl::Outcome::no_such_unit);
  daemon.stop();
}

TEST_P(Control, show_tells_what_holds_where_it_is_from_and_keeps_secrets) {
  daemon.set_environment({"FROM_OUTSIDE=1", "API_TOKEN=outside"});
  daemon.unit("web",
              "command = ['sleep', '1000']\n[env]\nPORT = '80'\nDB_PASSWORD = 'hush'\n[restart]\ndelay = '1s'\n");
  daemon.start();
  std::string file = daemon.scratch().file("units/web.toml");
  EXPECT_EQ(supctl({"show", "web", "restart.delay"}).output, "restart.delay = \"1s\"  # " + file + ":6\n");
  EXPECT_EQ(supctl({"show", "web", "*.delay"}).output, "restart.delay = \"1s\"  # " + file + ":6\n");
  Ran env = supctl({"show", "web", "env"});
  EXPECT_NE(env.output.find("env.FROM_OUTSIDE = \"1\""), std::string::npos) << env.output;
  EXPECT_NE(env.output.find("# inherited"), std::string::npos) << env.output;
  EXPECT_NE(env.output.find("env.SUPD_UNIT = \"web\""), std::string::npos) << env.output;
  EXPECT_NE(env.output.find("# " + file + ":3"), std::string::npos) << env.output;
  EXPECT_EQ(env.output.find("hush"), std::string::npos) << env.output;
  EXPECT_EQ(env.output.find("outside"), std::string::npos) << env.output;
  EXPECT_EQ(supctl({"show", "web"}).output.find("hush"), std::string::npos);
  EXPECT_NE(supctl({"show", "--reveal", "web", "env"}).output.find("hush"), std::string::npos);
  Ran toml = supctl({"show", "-o", "toml", "web"});
  EXPECT_EQ(toml.exit.status, 0);
  EXPECT_NE(toml.output.find("command = [\"sleep\", \"1000\"]\n"), std::string::npos) << toml.output;
  EXPECT_EQ(toml.output.find("hush"), std::string::npos);
  EXPECT_NE(supctl({"show", "-o", "toml", "--reveal", "web"}).output.find("hush"), std::string::npos);
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Control);

}  // namespace
}  // namespace supd::integration
