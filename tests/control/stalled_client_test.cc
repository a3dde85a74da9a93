// Clients that do not read: the bounds on what waits for them (P8), and everybody else goes on (P6).

#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class StalledClients : public ControlTest {
 protected:
  /// Prints lines until the follower is gone; the most that waited for it.
  std::size_t print_until_cut_off(UnitId unit, std::uint64_t cut_off) {
    std::size_t most = 0;
    std::int64_t lines = 0;
    const std::string text(1000, 'x');
    until([&] {
      for (int i = 0; i < 200; ++i) port.print(unit, text, ++lines);
      port.units[unit.value].ring.clear();
      most = std::max(most, server->held_bytes());
      return server->counters().cut_off == cut_off;
    });
    return most;
  }
};
ON_BOTH_ENGINES(StalledClients);

TEST_P(StalledClients, P8_a_follower_that_does_not_read_is_cut_off_at_the_bound) {
  Bounds bounds;
  bounds.output_hard = 1024 * 1024;
  make_server({}, bounds);
  UnitId web = port.add("web");
  auto deaf = adopted();
  auto other = adopted();
  deaf->request(1, "logs", Params{.follow = true});
  until([&] { return port.followers() == 1; });
  settle();
  std::size_t most = print_until_cut_off(web, 1);
  EXPECT_LE(most, bounds.output_hard + 4096);
  EXPECT_GT(most, bounds.output_hard / 2);
  until([&] { return server->sessions() == 1; });
  EXPECT_EQ(port.followers(), 0);
  EXPECT_EQ(server->held_bytes(), 0U);
  expect_alive(*other);
}

TEST_P(StalledClients, a_follower_that_reads_late_but_in_time_loses_nothing) {
  UnitId web = port.add("web");
  auto lazy = adopted();
  lazy->request(1, "logs", Params{.lines = 0, .follow = true});
  until([&] { return port.followers() == 1; });
  settle();
  for (int i = 0; i < 3000; ++i) port.print(web, std::to_string(i) + std::string(300, 'x'), i);
  settle();
  EXPECT_GT(server->held_bytes(), Bounds{}.output_soft);
  int next = 0;
  while (next < 3000) {
    auto records = message(*lazy).records();
    for (const auto& record : records.value()) {
      ASSERT_TRUE(record.text.starts_with(std::to_string(next++) + "x"));
    }
  }
  settle();
  EXPECT_EQ(server->held_bytes(), 0U);
  EXPECT_EQ(server->counters().cut_off, 0U);
}

TEST_P(StalledClients, P8_the_sum_over_all_sessions_is_bounded_and_the_largest_goes_first) {
  Bounds bounds;
  bounds.output_hard = 4 * 1024 * 1024;
  bounds.output_total = 5 * 1024 * 1024;
  make_server({}, bounds);
  UnitId loud = port.add("loud"), quiet = port.add("quiet");
  auto modest = adopted();
  modest->request(1, "logs", Params{.units = {"quiet"}, .follow = true});
  until([&] { return port.followers() == 1; });
  std::vector<std::unique_ptr<Client>> deaf;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(adopted());
    deaf.back()->request(1, "logs", Params{.units = {"loud"}, .follow = true});
  }
  until([&] { return port.followers() == 5; });
  settle();
  port.print(quiet, "hello");
  std::size_t most = print_until_cut_off(loud, 4);
  EXPECT_LE(most, bounds.output_total + 4 * 250 * 1200);  // what one turn may add
  EXPECT_TRUE(message(*modest).records()->empty()) << "the past of a unit that has none";
  EXPECT_EQ(message(*modest).records()->front().text, "hello");
  until([&] { return server->sessions() == 1; });
}

TEST_P(StalledClients, P6_requests_of_a_client_that_does_not_read_wait_and_others_are_served) {
  port.add_many(1000, "unit-");
  auto deaf = adopted();
  auto other = adopted();
  std::string frames;
  for (int i = 0; i < 500; ++i) proto::write_request(frames, i, "status");
  deaf->send_some(frames);
  settle();
  EXPECT_LT(server->counters().requests, 100U) << "answers for a client that does not read were made in stock";
  EXPECT_LT(server->held_bytes(), Bounds{}.output_hard);
  expect_alive(*other);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(answer(*deaf, i).statuses()->size(), 1000U);
}

TEST_P(StalledClients, L11_a_hundred_stalled_clients_do_not_slow_down_control) {
  port.add_many(1000, "unit-");
  std::vector<std::unique_ptr<Client>> deaf;
  for (int i = 0; i < 100; ++i) {
    deaf.push_back(adopted());
    for (int n = 0; n < 5; ++n) deaf.back()->request(n, "status");
  }
  settle();
  auto other = adopted();
  other->request(1, "hello");
  std::uint64_t turns = loop->stats().turns;
  answer(*other, 1);
  EXPECT_LE(loop->stats().turns - turns, 10U);
}

}  // namespace
}  // namespace supd::control
