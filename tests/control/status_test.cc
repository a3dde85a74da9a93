#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Status : public ControlTest {};
ON_BOTH_ENGINES(Status);

TEST_P(Status, all_units_in_their_order_or_those_that_are_named) {
  port.add("web", State::running);
  port.add("db");
  port.targets["all"] = {UnitId{1}, UnitId{0}};
  auto client = adopted();
  auto names = [&](const Params& params) {
    client->request(1, "status", params);
    auto units = answer(*client, 1).statuses().value();
    std::string joined;
    for (const UnitStatus& unit : units) joined += unit.name + " ";
    return joined;
  };
  EXPECT_EQ(names({}), "web db ");
  EXPECT_EQ(names({.units = {"db"}}), "db ");
  EXPECT_EQ(names({.units = {"@all"}}), "db web ");
  EXPECT_EQ(names({.units = {"*", "db"}}), "web db ");
}

TEST_P(Status, a_brief_one_has_what_a_table_shows) {
  port.add("web", State::running);
  port.units[0].status.pid = 7;
  port.units[0].status.description = "long";
  auto client = adopted();
  client->request(1, "status", Params{.brief = true});
  EXPECT_EQ(
      line(*client),
      R"({"jsonrpc":"2.0","id":1,"result":{"version":1,"units":[{"name":"web","kind":"service","state":"running",)"
      R"("ready":true,"pid":7,"uptime_ms":0,"restarts":0,"cause":"as it was"}]}})");
}

TEST_P(Status, no_units_at_all_is_an_empty_list) {
  auto client = adopted();
  client->request(1, "status");
  EXPECT_EQ(answer(*client, 1).statuses()->size(), 0U);
}

TEST_P(Status, P6_ten_thousand_units_come_whole_and_hold_nobody_up) {
  port.add_many(10'000, "unit-");
  auto big = adopted();
  auto small = adopted();
  big->request(1, "status");
  small->request(2, "hello");
  EXPECT_EQ(answer(*small, 2).hello()->engine, "fake");
  EXPECT_LT(port.statuses, 10'000U) << "the small request had to wait for the whole of the long answer";
  auto units = answer(*big, 1).statuses();
  ASSERT_EQ(units->size(), 10'000U);
  EXPECT_EQ(units->at(9'999).name, "unit-9999");
  EXPECT_EQ(server->held_bytes(), 0U);
}

TEST_P(Status, P8_an_answer_that_is_too_long_is_refused_and_the_session_goes_on) {
  Bounds bounds;
  bounds.output_hard = 64 * 1024;
  make_server({}, bounds);
  port.add_many(1000, "unit-");
  auto client = adopted();
  client->request(1, "status");
  expect_fault(*client, 1, 1, "name fewer units");
  client->request(2, "status", Params{.units = {"unit-5"}});
  EXPECT_EQ(answer(*client, 2).statuses()->size(), 1U);
}

TEST_P(Status, C2_units_that_go_while_it_is_put_together_are_left_out) {
  Bounds bounds;
  bounds.units_per_step = 1;
  bounds.steps_per_slice = 1;
  make_server({}, bounds);
  port.add_many(4, "unit");
  auto client = adopted();
  client->request(1, "status");
  until([&] { return port.statuses == 1; });
  port.remove(UnitId{2});
  auto units = answer(*client, 1).statuses();
  ASSERT_EQ(units->size(), 3U);
  EXPECT_EQ(units->back().name, "unit3");
}

}  // namespace
}  // namespace supd::control
