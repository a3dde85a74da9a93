// Methods that are answered at once, and the rules that hold for all.

#include "ctl/proto/outcome.hpp"
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Outcome;
using proto::Params;

class Methods : public ControlTest {};
ON_BOTH_ENGINES(Methods);

TEST_P(Methods, hello_tells_the_peers_role) {
  auto client = adopted();
  client->request(1, "hello");
  auto hello = answer(*client, 1).hello();
  EXPECT_EQ(hello->role, "admin");
  EXPECT_EQ(hello->protocol, 1);
}

TEST_P(Methods, an_unknown_method_is_answered_with_the_nearest) {
  auto client = adopted();
  client->request(1, "statsu");
  auto reply = answer(*client, 1);
  EXPECT_EQ(reply.fault().code, proto::no_such_method);
  EXPECT_EQ(reply.fault().nearest, "status");
}

TEST_P(Methods, an_unknown_unit_is_answered_with_the_nearest_before_anything_is_done) {
  port.add("web");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web", "wbe"}});
  auto reply = answer(*client, 1);
  EXPECT_EQ(reply.fault().code, static_cast<int>(Outcome::no_such_unit));
  EXPECT_EQ(reply.fault().nearest, "web");
  EXPECT_TRUE(port.given.empty());
  client->request(2, "stop", Params{.units = {"web", "x*"}});
  expect_fault(*client, 2, 4, "no unit matches \"x*\"");
  client->request(3, "stop", Params{.units = {"@none"}});
  expect_fault(*client, 3, 4, "no such target: \"none\"");
  client->request(4, "stop", Params{.units = {std::string(300, 'w')}});
  expect_fault(*client, 4, 4, "that long");
  EXPECT_TRUE(port.given.empty());
}

TEST_P(Methods, missing_parameters_are_named) {
  port.add("web");
  auto client = adopted();
  for (const char* method : {"start", "stop", "restart", "reset", "wait"}) {
    client->request(1, method);
    expect_fault(*client, 1, proto::invalid_params, "units is missing");
  }
  for (const char* method : {"why", "show"}) {
    client->request(1, method);
    expect_fault(*client, 1, proto::invalid_params, "unit is missing");
  }
  client->request(1, "signal", Params{.units = {"web"}});
  expect_fault(*client, 1, proto::invalid_params, "signal is missing");
  EXPECT_TRUE(port.given.empty());
}

TEST_P(Methods, signal_reaches_each_unit_that_has_a_process) {
  port.add("web", State::running);
  port.add("db");
  auto client = adopted();
  client->request(1, "signal", Params{.units = {"web", "db", "w*"}, .signal = "hup"});
  auto results = answer(*client, 1).results();
  ASSERT_EQ(results->size(), 2U);
  EXPECT_TRUE(results->at(0).ok);
  EXPECT_EQ(results->at(0).cause, "SIGHUP was sent");
  EXPECT_FALSE(results->at(1).ok);
  EXPECT_EQ(results->at(1).cause, "has no process");
  EXPECT_EQ(port.signals, std::vector<std::string>{"web 1"});
  client->request(2, "signal", Params{.units = {"web"}, .signal = "SIGTREM"});
  auto reply = answer(*client, 2);
  EXPECT_EQ(reply.fault().nearest, "SIGTERM");
}

TEST_P(Methods, L13_reopen_is_for_the_named_units_or_all) {
  port.add("web");
  port.add("db");
  auto client = adopted();
  client->request(1, "reopen", Params{.units = {"db"}});
  ASSERT_EQ(answer(*client, 1).results()->size(), 1U);
  EXPECT_EQ(port.reopened, std::vector<std::string>{"db"});
  client->request(2, "reopen");
  auto results = answer(*client, 2).results();
  ASSERT_EQ(results->size(), 2U);
  EXPECT_TRUE(results->at(0).ok && results->at(1).ok);
  EXPECT_EQ(port.reopened, (std::vector<std::string>{"db", "web", "db"}));
  client->request(3, "reopen", Params{.units = {"nobody"}});
  expect_fault(*client, 3, 4, "nobody");
}

TEST_P(Methods, why_show_and_doctor_are_passed_through) {
  port.add("web", State::failed);
  auto client = adopted();
  client->request(1, "why", Params{.unit = "web"});
  EXPECT_EQ(answer(*client, 1).chain().value(), (std::vector<proto::WhyStep>{{"web", State::failed, "as it was"}}));
  client->request(2, "show", Params{.unit = "web"});
  EXPECT_EQ(answer(*client, 2).shown()->size(), 4U);
  client->request(3, "show", Params{.unit = "web", .key = "restart.limit"});
  EXPECT_EQ(answer(*client, 3).shown()->size(), 1U);
  client->request(4, "show", Params{.unit = "web", .key = "restart"});
  EXPECT_EQ(answer(*client, 4).shown()->size(), 2U);
  client->request(5, "show", Params{.unit = "web", .key = "restart.dealy"});
  EXPECT_EQ(answer(*client, 5).fault().nearest, "restart.delay");
  client->request(6, "doctor");
  EXPECT_EQ(answer(*client, 6).findings()->front().topic, "engine");
}

TEST_P(Methods, shutdown_is_answered_before_supd_stops) {
  auto client = adopted();
  client->request(1, "shutdown");
  until([&] { return !port.shutdowns.empty(); });
  server->close();  // at once, as a daemon without units does
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  expect_end(*client);
  EXPECT_NE(port.shutdowns.front().find("uid "), std::string::npos);
}

TEST_P(Methods, only_the_init_of_a_machine_ends_the_machine) {
  auto client = adopted();
  client->request(1, "shutdown", Params{.how = "reboot"});
  EXPECT_NE(answer(*client, 1).fault().message.find("not the init of this machine"), std::string::npos);
  client->request(2, "shutdown", Params{.how = "explode"});
  EXPECT_EQ(answer(*client, 2).fault().code, proto::invalid_params);
  EXPECT_TRUE(port.shutdowns.empty());
  port.machine = true;
  client->request(3, "shutdown", Params{.how = "exit"});
  EXPECT_NE(answer(*client, 3).fault().message.find("can't end alone"), std::string::npos);
  client->request(4, "shutdown", Params{.how = "reboot"});
  until([&] { return port.ends.size() == 1; });
  client->request(5, "shutdown");
  until([&] { return port.ends.size() == 2; });
  EXPECT_EQ(port.ends, (std::vector<EndKind>{EndKind::reboot, EndKind::poweroff}));
}

TEST_P(Methods, a_request_without_an_id_is_carried_out_and_not_answered) {
  port.add("web");
  auto client = adopted();
  client->send(R"({"method":"start","params":{"units":["web"]}})"
               "\n");
  client->send(R"({"method":"status"})"
               "\n");
  client->send(R"({"method":"nonsense"})"
               "\n");
  expect_alive(*client);
  EXPECT_EQ(port.given.size(), 1U);
  EXPECT_TRUE(notifications.empty());
  port.set(UnitId{0}, State::running);
  expect_alive(*client);
  EXPECT_TRUE(notifications.empty());
}

TEST_P(Methods, P8_too_many_patterns_are_refused) {
  port.add("web");
  auto client = adopted();
  client->request(1, "status", Params{.units = std::vector<std::string>(Bounds{}.globs + 1, "w*")});
  expect_fault(*client, 1, proto::invalid_params, "patterns");
  client->request(2, "status", Params{.units = std::vector<std::string>(proto::max_patterns, "web")});
  EXPECT_EQ(answer(*client, 2).statuses()->size(), 1U);
}

TEST_P(Methods, show_of_env_is_what_processes_are_given_and_keys_may_be_globs) {
  port.add("web");
  auto client = adopted();
  client->request(1, "show", Params{.unit = "web", .key = "env"});
  EXPECT_EQ(answer(*client, 1).shown()->at(0).value, "\"…\"");
  client->request(2, "show", Params{.unit = "web", .key = "env", .reveal = true});
  EXPECT_EQ(answer(*client, 2).shown()->at(0).value, "\"abc\"");
  client->request(3, "show", Params{.unit = "web", .key = "*.l*t"});
  auto values = answer(*client, 3).shown();
  ASSERT_EQ(values->size(), 1U);
  EXPECT_EQ(values->at(0).key, "restart.limit");
  client->request(4, "show", Params{.unit = "web", .toml = true});
  EXPECT_EQ(answer(*client, 4).shown_toml().value(), "# hidden\n");
  client->request(5, "show", Params{.unit = "web"});
  EXPECT_EQ(answer(*client, 5).shown_toml().value(), "") << "not asked for";
}

TEST(MethodTable, P13_every_method_has_a_least_role_and_a_name_of_its_own) {
  std::vector<std::string_view> seen;
  for (const Method& method : method_table()) {
    EXPECT_NE(method.least, Role::none) << method.name;
    EXPECT_NE(method.handle, nullptr) << method.name;
    for (std::string_view other : seen) EXPECT_NE(other, method.name);
    seen.push_back(method.name);
  }
  EXPECT_EQ(seen.size(), 23U);
}

}  // namespace
}  // namespace supd::control
