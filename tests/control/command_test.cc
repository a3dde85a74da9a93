// start, stop, restart, reset.

#include <algorithm>

#include "ctl/proto/outcome.hpp"
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Commands : public ControlTest {
 protected:
  void wait_for_command(std::size_t count = 1) {
    until([&] { return port.given.size() == count; });
  }
};
ON_BOTH_ENGINES(Commands);

TEST_P(Commands, start_answers_when_every_unit_is_up_and_tells_how_it_goes) {
  UnitId web = port.add("web"), db = port.add("db");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"*"}});
  wait_for_command();
  EXPECT_EQ(port.given[0].units, (std::vector<std::string>{"web", "db"}));
  EXPECT_NE(port.given[0].by.find("uid "), std::string::npos);
  port.set(db, State::starting);
  port.set(db, State::running, "ready");
  settle();
  port.set(web, State::starting);
  settle();
  port.set(web, State::running, "ready too");
  auto results = answer(*client, 1).results();
  EXPECT_EQ(results.value(), (std::vector<proto::UnitResult>{{"web", true, State::running, "ready too"},
                                                             {"db", true, State::running, "ready"}}));
  std::string told;
  for (const auto& note : notifications) {
    EXPECT_EQ(note.method(), "progress");
    EXPECT_EQ(note.id(), 1);
    told += note.progress()->unit + ":" + std::string(state_name(note.progress()->state)) + " ";
  }
  EXPECT_EQ(told, "web:inactive db:inactive db:running web:starting web:running ");
}

TEST_P(Commands, what_is_up_already_is_done_at_once) {
  port.add("web", State::running);
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web"}});
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
}

TEST_P(Commands, a_unit_that_fails_is_in_the_answer_and_the_others_are_waited_for) {
  UnitId web = port.add("web"), db = port.add("db");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web", "db"}});
  wait_for_command();
  port.set(web, State::failed, "exec: No such file or directory");
  settle();
  port.set(web, State::starting, "somebody else tries");  // decided is decided
  settle();
  port.set(db, State::running);
  auto results = answer(*client, 1).results();
  EXPECT_FALSE(results->at(0).ok);
  EXPECT_TRUE(results->at(1).ok);
}

TEST_P(Commands, restart_waits_for_a_new_run) {
  UnitId web = port.add("web", State::running);
  auto client = adopted();
  client->request(1, "restart", Params{.units = {"web"}});
  wait_for_command();
  settle();
  EXPECT_TRUE([&] {
    notifications.push_back(message(*client));
    return !client->line().has_value();
  }()) << "answered although it is the old run that is up";
  port.set(web, State::stopping);
  port.set(web, State::starting);
  port.set(web, State::running);
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
}

TEST_P(Commands, without_wait_the_answer_comes_at_once) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web"}, .wait = false});
  auto results = answer(*client, 1).results();
  EXPECT_TRUE(results->front().ok);
  EXPECT_EQ(results->front().state, State::inactive);
  port.set(web, State::failed);
  client->request(2, "reset", Params{.units = {"web"}});
  EXPECT_TRUE(answer(*client, 2).results()->front().ok);
  EXPECT_TRUE(notifications.empty());
}

TEST_P(Commands, a_timeout_names_what_is_still_pending_and_why) {
  port.add("web");
  UnitId db = port.add("db");
  auto client = adopted();
  client->request(1, "stop", Params{.units = {"web"}, .timeout_ms = 60'000});
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
  client->request(2, "start", Params{.units = {"web", "db"}, .timeout_ms = 30});
  wait_for_command(2);
  port.set(db, State::running);
  port.set(UnitId{0}, State::waiting, "requires cache, which has failed");
  auto reply = answer(*client, 2);
  EXPECT_EQ(reply.fault().code, static_cast<int>(proto::Outcome::timed_out));
  EXPECT_EQ(reply.fault().message, "timed out after 30ms: web is waiting (requires cache, which has failed)");
  ASSERT_EQ(reply.fault().units.size(), 1U);
  EXPECT_EQ(reply.fault().units[0].name, "web");
  expect_alive(*client);
}

TEST_P(Commands, a_timeout_of_many_units_has_a_short_message_and_all_names) {
  port.add_many(20, "u");
  auto client = adopted();
  client->request(1, "stop", Params{.units = {"*"}, .timeout_ms = 0});
  auto reply = answer(*client, 1);
  EXPECT_EQ(reply.fault().units.size(), 20U);
  EXPECT_TRUE(reply.fault().message.ends_with("and 15 more")) << reply.fault().message;
}

TEST_P(Commands, the_longest_timeout_is_no_overflow) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web"}, .timeout_ms = INT64_MAX});
  wait_for_command();
  port.set(web, State::running);
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
}

TEST_P(Commands, S8_a_long_stop_delays_no_other_command) {
  UnitId slow = port.add("slow", State::running);
  port.add("web", State::running);
  auto client = adopted();
  auto other = adopted();
  client->request(1, "stop", Params{.units = {"slow"}});
  client->request(2, "start", Params{.units = {"web"}});
  client->request(3, "hello");
  other->request(4, "status");
  EXPECT_EQ(answer(*other, 4).statuses()->size(), 2U);
  // Pipelined: answered in the order in which they are done, each with its own id.
  std::vector<std::int64_t> order;
  while (order.size() < 2) {
    auto next = message(*client);
    if (next.kind() == proto::MessageKind::result) order.push_back(next.id());
  }
  std::ranges::sort(order);
  EXPECT_EQ(order, (std::vector<std::int64_t>{2, 3}));
  port.set(slow, State::inactive);
  EXPECT_EQ(answer(*client, 1).id(), 1);
}

TEST_P(Commands, a_client_that_leaves_does_not_take_its_command_back) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web"}, .timeout_ms = 1000});
  client->close();
  wait_for_command();
  until([&] { return server->sessions() == 0; });
  port.set(web, State::running);
  settle();
  EXPECT_EQ(port.given.size(), 1U);
}

TEST_P(Commands, P8_a_thousand_units_that_start_are_told_in_steps) {
  port.add_many(1000, "u");
  for (FakeUnit& unit : port.units) unit.status.state = State::inactive;
  auto client = adopted();
  client->request(1, "start", Params{.units = {"u*"}});
  wait_for_command();
  for (std::uint32_t i = 0; i < 1000; ++i) port.set(UnitId{i}, State::starting);
  for (std::uint32_t i = 0; i < 1000; ++i) port.set(UnitId{i}, State::running);
  auto results = answer(*client, 1).results();
  EXPECT_EQ(results->size(), 1000U);
  for (const auto& result : *results) EXPECT_TRUE(result.ok);
  EXPECT_LE(notifications.size(), 2000U) << "states that were passed through at once are told once";
}

TEST_P(Commands, C2_of_a_unit_that_was_removed_a_stop_is_done_and_a_start_has_failed) {
  UnitId web = port.add("web", State::running), db = port.add("db"), mail = port.add("mail", State::running);
  auto client = adopted();
  client->request(1, "stop", Params{.units = {"web"}});
  client->request(2, "start", Params{.units = {"db"}});
  client->request(3, "stop", Params{.units = {"mail"}});
  wait_for_command(3);
  port.set(web, State::stopping);
  settle();
  port.remove(web);
  auto stopped = answer(*client, 1).results();
  EXPECT_EQ(stopped.value(),
            (std::vector<proto::UnitResult>{{"web", true, State::inactive, "removed from the configuration"}}));
  port.remove(db);
  auto started = answer(*client, 2).results();
  EXPECT_EQ(started.value(),
            (std::vector<proto::UnitResult>{{"db", false, State::inactive, "removed from the configuration"}}));
  // Decided, and gone before the answer is written: it keeps its name.
  port.set(mail, State::inactive, "asked for by hand");
  port.remove(mail);
  auto last = answer(*client, 3).results();
  EXPECT_EQ(last->front().name, "mail");
  EXPECT_TRUE(last->front().ok);
}

}  // namespace
}  // namespace supd::control
