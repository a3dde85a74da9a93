/// enable, disable, mask, scale: what people say beside the files, and that it is kept.

#include <algorithm>

#include "tests/integration/engines.hpp"

namespace supd::integration {
namespace {

constexpr const char* sleeper = "command = ['sleep', '1000']\n";

struct Overrides : OnEachEngine {
  proto::ChangeReport say(std::string_view verb, std::vector<std::string> units, bool now = false) {
    proto::Params params;
    params.units = std::move(units);
    params.now = now;
    auto report = daemon.call("config." + std::string(verb), params).change();
    if (!report) throw std::runtime_error(report.error().text());
    return *report;
  }

  ctl::Failure refused(std::string_view verb, std::vector<std::string> units) {
    proto::Params params;
    params.units = std::move(units);
    return daemon.refused("config." + std::string(verb), params);
  }

  std::string state_file() const { return slurp(daemon.scratch().file("state/overrides.toml")); }

  std::vector<std::string> units() {
    std::vector<std::string> names;
    auto statuses = daemon.call("status").statuses();
    for (const UnitStatus& unit : *statuses) names.push_back(unit.name);
    return names;
  }

  Ran supctl(std::vector<std::string> words) {
    std::vector<std::string> argv{supctl_program(), "--socket", daemon.socket()};
    argv.insert(argv.end(), words.begin(), words.end());
    return run(argv);
  }
};

TEST_P(Overrides, enable_and_disable_hold_over_a_restart_of_supd) {
  daemon.unit("on", sleeper);
  daemon.unit("off", std::string("enabled = false\n") + sleeper);
  daemon.start();
  daemon.await("on", State::running);
  EXPECT_EQ(say("enable", {"off"}).notes, std::vector<std::string>{"off: starts with supd from now on"});
  EXPECT_EQ(daemon.status("off").state, State::inactive) << "enabled is one thing, started another";
  EXPECT_EQ(say("disable", {"on"}).notes, std::vector<std::string>{"on: does not start with supd from now on"});
  EXPECT_EQ(daemon.status("on").state, State::running);
  EXPECT_EQ(say("disable", {"on"}).notes, std::vector<std::string>{"on: does not start with supd already"});
  daemon.stop();
  daemon.start();
  daemon.await("off", State::running);
  EXPECT_EQ(daemon.status("on").state, State::inactive);
  say("disable", {"off"}, true);
  EXPECT_EQ(daemon.status("off").state, State::inactive);
  say("enable", {"on"}, true);
  EXPECT_EQ(daemon.status("on").state, State::running);
  EXPECT_EQ(state_file().find('['), std::string::npos) << "the files say all that again:\n" << state_file();
  daemon.stop();
}

TEST_P(Overrides, a_masked_unit_is_started_by_nobody_until_it_is_unmasked) {
  daemon.unit("web", sleeper);
  daemon.unit("worker", std::string(sleeper) + "[depends]\nwants = ['web']\n");
  daemon.start();
  daemon.await("web", State::running);
  say("mask", {"web"});
  EXPECT_EQ(daemon.status("web").state, State::running) << "masking stops nothing";
  daemon.operate("stop", "web");
  Ran start = supctl({"start", "web"});
  EXPECT_EQ(start.exit.status, 1);
  EXPECT_NE(start.output.find("web is masked: supctl unmask web"), std::string::npos) << start.output;
  Ran restart = supctl({"restart", "web"});
  EXPECT_EQ(restart.exit.status, 1);
  EXPECT_NE(restart.output.find("web is masked: supctl unmask web"), std::string::npos) << restart.output;
  daemon.stop();
  daemon.start();
  daemon.await("worker", State::running);
  EXPECT_EQ(daemon.status("web").state, State::inactive) << "not at boot, and not by its dependents";
  say("unmask", {"web"});
  daemon.operate("start", "web");
  daemon.stop();
}

TEST_P(Overrides, C2_scale_keeps_the_processes_of_those_that_stay) {
  daemon.unit("web", std::string("replicas = 1\n") + sleeper);
  daemon.start();
  daemon.await("web:1", State::running);
  auto first = daemon.status("web:1").pid;
  auto grown = say("scale", {"web=4"});
  EXPECT_EQ(grown.counts.start, 3U);
  auto second = daemon.status("web:2").pid;
  EXPECT_EQ(daemon.status("web:4").state, State::running);
  EXPECT_EQ(daemon.status("web:1").pid, first);
  say("scale", {"web=2"});
  EXPECT_EQ(units(), (std::vector<std::string>{"web", "web:1", "web:2"}));
  EXPECT_EQ(daemon.status("web:1").pid, first);
  EXPECT_EQ(daemon.status("web:2").pid, second);
  daemon.stop();
  daemon.start();
  daemon.await("web:2", State::running);
  EXPECT_EQ(units(), (std::vector<std::string>{"web", "web:1", "web:2"}));
  say("scale", {"web=1"});
  EXPECT_EQ(state_file().find('['), std::string::npos) << "that is what the file says";
  daemon.stop();
}

TEST_P(Overrides, others_depend_on_a_set_and_on_one_of_it) {
  daemon.unit("web", std::string("replicas = 2\n") + sleeper);
  daemon.unit("all", std::string(sleeper) + "[depends]\nrequires = ['web']\n");
  daemon.unit("one", std::string(sleeper) + "[depends]\nbinds = ['web:1']\n");
  daemon.start();
  daemon.await("all", State::running);
  daemon.await("one", State::running);
  auto all = daemon.status("all").pid, one = daemon.status("one").pid;
  say("scale", {"web=3"});
  EXPECT_EQ(daemon.status("all").pid, all);
  EXPECT_EQ(daemon.status("one").pid, one);
  auto refused_scale = refused("scale", {"web=0"});
  EXPECT_NE(refused_scale.report.find("web:1"), std::string::npos) << "somebody depends on it: " << refused_scale.text;
  daemon.unit("web", std::string("replicas = 2\n") + sleeper + "[env]\nA = '1'\n");
  EXPECT_TRUE(daemon.call("config.apply").change().has_value());
  EXPECT_NE(daemon.status("one").pid, one) << "bound to one of them";
  EXPECT_EQ(daemon.status("web:3").state, State::running) << "what was said beside the files holds";
  daemon.stop();
}

TEST_P(Overrides, what_makes_no_sense_is_refused_with_what_to_write) {
  daemon.unit("web", std::string("replicas = 2\n") + sleeper);
  daemon.unit("group", "kind = 'target'\n");
  daemon.unit("job@", sleeper);
  daemon.start();
  auto replica = refused("scale", {"web:2=3"});
  EXPECT_EQ(replica.outcome, ctl::Outcome::usage);
  EXPECT_NE(replica.text.find("web:2 is one of the replicas of web"), std::string::npos) << replica.text;
  EXPECT_NE(replica.advice.find("supctl scale web=2"), std::string::npos) << replica.advice;
  EXPECT_NE(refused("mask", {"web:1"}).advice.find("supctl mask web"), std::string::npos);
  EXPECT_NE(refused("scale", {"group=2"}).text.find("target"), std::string::npos);
  EXPECT_NE(refused("scale", {"web=1001"}).advice.find("1000"), std::string::npos);
  EXPECT_EQ(refused("scale", {"web=x"}).outcome, ctl::Outcome::usage);
  EXPECT_EQ(refused("scale", {"wev=1"}).outcome, ctl::Outcome::no_such_unit);
  EXPECT_EQ(refused("enable", {"wev"}).advice, "did you mean 'web'?");
  EXPECT_NE(refused("enable", {"job@"}).text.find("template"), std::string::npos);
  EXPECT_EQ(state_file(), "") << "nothing was said";
  EXPECT_NE(supctl({"start", "job@x"}).output.find("supctl enable job@x"), std::string::npos);
  EXPECT_NE(supctl({"start", "unheard"}).output.find("supctl apply"), std::string::npos);
  Ran scaled = supctl({"scale", "web", "3"});
  EXPECT_EQ(scaled.exit.status, 0);
  EXPECT_NE(scaled.output.find("web: 3 replicas\n"), std::string::npos) << scaled.output;
  daemon.stop();
}

TEST_P(Overrides, an_instance_of_a_template_comes_by_a_dependency_and_by_being_enabled) {
  daemon.unit("job@", "command = ['sh', '-c', 'echo I am %i; exec sleep 1000']\n");
  daemon.unit("web", sleeper);
  daemon.unit("jobs", "kind = 'target'\n[depends]\nwants = ['job@*']\n");
  daemon.start();
  daemon.await("web", State::running);
  auto pid = daemon.status("web").pid;
  say("enable", {"job@blue"});  // a glob that matches it is no change of a file
  daemon.await_line("job@blue", "I am blue");
  EXPECT_EQ(daemon.status("web").pid, pid);
  daemon.unit("worker", std::string(sleeper) + "[depends]\nrequires = ['job@red']\n");
  auto refused_enable = refused("enable", {"job@green"});
  EXPECT_NE(refused_enable.advice.find("supctl apply"), std::string::npos) << "other files changed";
  EXPECT_TRUE(daemon.call("config.apply").change().has_value());
  daemon.await_line("job@red", "I am red");
  EXPECT_EQ(daemon.status("job@blue").state, State::running);
  daemon.stop();
  daemon.start();
  daemon.await("job@blue", State::running);
  daemon.stop();
}

TEST_P(Overrides, P12_without_a_place_to_keep_it_it_holds_until_supd_ends_and_that_is_said) {
  daemon.unit("web", sleeper);
  std::string blocked = daemon.scratch().write("file", "") + "/state";
  daemon.start({"--state-dir", blocked});
  daemon.await("web", State::running);
  auto report = say("mask", {"web"});
  ASSERT_EQ(report.notes.size(), 2U);
  EXPECT_NE(report.notes[1].find("not kept"), std::string::npos) << report.notes[1];
  EXPECT_NE(report.notes[1].find(blocked), std::string::npos) << report.notes[1];
  daemon.unit("web", std::string(sleeper) + "description = 'x'\n");
  EXPECT_TRUE(daemon.call("config.apply").change().has_value());
  daemon.operate("stop", "web");
  proto::Params params;
  params.units = {"web"};
  EXPECT_NE(daemon.refused("start", params).text.find("masked"), std::string::npos) << "an apply keeps it";
  daemon.stop();
}

SUPD_ON_EACH_ENGINE(Overrides);

}  // namespace
}  // namespace supd::integration
