#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Wait : public ControlTest {};
ON_BOTH_ENGINES(Wait);

TEST_P(Wait, for_ready_is_the_normal_case) {
  UnitId web = port.add("web", State::starting);
  port.add("task", State::completed);
  auto client = adopted();
  client->request(1, "wait", Params{.units = {"web", "task"}});
  settle();
  port.set(web, State::running);
  auto results = answer(*client, 1).results();
  EXPECT_TRUE(results->at(0).ok);
  EXPECT_TRUE(results->at(1).ok);
  EXPECT_TRUE(port.given.empty());
}

TEST_P(Wait, for_ready_ends_when_the_unit_fails) {
  UnitId web = port.add("web", State::backoff);
  auto client = adopted();
  client->request(1, "wait", Params{.units = {"web"}, .condition = "ready"});
  settle();
  port.set(web, State::failed, "gave up");
  auto results = answer(*client, 1).results();
  EXPECT_FALSE(results->front().ok);
  EXPECT_EQ(results->front().cause, "gave up");
}

TEST_P(Wait, a_task_at_work_is_not_ready) {
  UnitId task = port.add("task", State::running);
  port.units[task.value].status.ready = false;
  auto client = adopted();
  client->request(1, "wait", Params{.units = {"task"}, .timeout_ms = 10});
  EXPECT_EQ(answer(*client, 1).fault().code, 7);
}

TEST_P(Wait, for_stopped_and_for_failed) {
  UnitId web = port.add("web", State::running);
  auto client = adopted();
  client->request(1, "wait", Params{.units = {"web"}, .condition = "stopped"});
  settle();
  port.set(web, State::inactive);
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
  client->request(2, "wait", Params{.units = {"web"}, .condition = "failed"});
  settle();
  port.set(web, State::failed);
  EXPECT_TRUE(answer(*client, 2).results()->front().ok);
  client->request(3, "wait", Params{.units = {"web"}, .condition = "reday"});
  auto reply = answer(*client, 3);
  EXPECT_EQ(reply.fault().code, proto::invalid_params);
  EXPECT_EQ(reply.fault().nearest, "ready");
}

TEST_P(Wait, C2_for_a_unit_that_was_removed_ends) {
  UnitId web = port.add("web", State::running);
  auto client = adopted();
  client->request(1, "wait", Params{.units = {"web"}, .condition = "stopped"});
  client->request(2, "wait", Params{.units = {"web"}, .condition = "failed"});
  settle();
  port.remove(web);
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
  auto failed = answer(*client, 2).results();
  EXPECT_FALSE(failed->front().ok);
  EXPECT_EQ(failed->front().name, "web");
  EXPECT_EQ(failed->front().cause, "removed from the configuration");
}

}  // namespace
}  // namespace supd::control
