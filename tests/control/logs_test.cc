#include <algorithm>
#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Logs : public ControlTest {
 protected:
  /// Texts of all log notifications so far.
  std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const auto& note : notifications) {
      auto records = note.records();
      for (const auto& record : records.value()) found.push_back(record.text);
    }
    return found;
  }
  void collect_until(Client& client, std::size_t count) {
    while (texts().size() < count) notifications.push_back(message(client));
  }
  /// Who follows a unit, and for whom 64 KiB may be held.
  auto follower_with_little_room(UnitId& web) {
    Bounds bounds;
    bounds.output_hard = 64 * 1024;
    make_server({}, bounds);
    web = port.add("web");
    auto client = adopted();
    client->request(1, "logs", Params{.units = {"web"}, .follow = true});
    until([&] { return port.followers() == 1; });
    settle();
    return client;
  }
};
ON_BOTH_ENGINES(Logs);

using Texts = std::vector<std::string>;

TEST_P(Logs, the_tail_of_all_units_is_merged_by_time) {
  UnitId web = port.add("web"), db = port.add("db");
  for (int i = 0; i < 10; ++i) port.print(i % 2 == 0 ? web : db, std::to_string(i), i);
  auto client = adopted();
  client->request(1, "logs", Params{.lines = 4});
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  EXPECT_EQ(texts(), (Texts{"6", "7", "8", "9"}));
  notifications.clear();
  client->request(2, "logs", Params{.units = {"db"}});
  answer(*client, 2);
  EXPECT_EQ(texts(), (Texts{"1", "3", "5", "7", "9"}));
  notifications.clear();
  client->request(3, "logs", Params{.lines = 0});
  answer(*client, 3);
  EXPECT_TRUE(notifications.empty());
}

TEST_P(Logs, L2_bytes_pass_unharmed) {
  UnitId web = port.add("web");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  port.print(web, all);
  auto client = adopted();
  client->request(1, "logs");
  answer(*client, 1);
  EXPECT_EQ(texts(), Texts{all});
}

TEST_P(Logs, log_files_tells_where_the_logs_are) {
  port.add_many(700, "u");
  auto client = adopted();
  client->request(1, "log_files");
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  std::size_t count = 0;
  for (const auto& note : notifications) {
    auto sources = note.log_sources();
    for (const proto::LogSource& source : sources.value()) {
      EXPECT_EQ(source, port.log_source(port.find(source.unit).front()));
      ++count;
    }
  }
  EXPECT_EQ(count, 700U);
  EXPECT_GT(notifications.size(), 1U) << "in bounded pieces";
  client->request(2, "log_files", Params{.units = {"nobody"}});
  EXPECT_EQ(answer(*client, 2).fault().code, 4);
}

TEST_P(Logs, P4_log_files_waits_until_what_there_was_is_in_the_file) {
  port.log_is_slow = true;
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "log_files");
  until([&] { return port.units[web.value].mark == 1; });
  for (int i = 0; i < 10; ++i) loop->turn(loop->now() + 2ms);
  client->request(2, "hello");
  EXPECT_EQ(message(*client).id(), 2) << "the other one waits";
  port.units[web.value].written = 1;
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  EXPECT_EQ(notifications.size(), 1U);
}

TEST_P(Logs, P6_but_not_for_ever) {
  port.log_is_slow = true;
  port.add("web");
  auto client = adopted();
  client->request(1, "log_files");
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  EXPECT_EQ(notifications.size(), 1U);
}

TEST_P(Logs, an_empty_list_stands_between_what_was_and_what_comes) {
  UnitId web = port.add("web");
  port.print(web, "before", 1);
  auto client = adopted();
  client->request(1, "logs", Params{.units = {"web"}, .follow = true});
  EXPECT_EQ(message(*client).records()->front().text, "before");
  EXPECT_TRUE(message(*client).records()->empty());
  port.print(web, "after", 2);
  EXPECT_EQ(message(*client).records()->front().text, "after");
}

TEST_P(Logs, P8_a_follower_that_would_have_a_gap_is_cut_off) {
  UnitId web{};
  auto client = follower_with_little_room(web);
  // More in one turn than may be held for it, though it reads.
  for (int i = 0; i < 1000; ++i) port.print(web, std::string(1024, 'x'));
  until([&] { return server->sessions() == 0; });
  EXPECT_EQ(server->counters().cut_off, 1U);
}

TEST_P(Logs, following_brings_each_line_once_and_in_order) {
  UnitId web = port.add("web"), db = port.add("db");
  port.add("other");
  port.print(web, "before", 1);
  auto client = adopted();
  client->request(1, "logs", Params{.units = {"web", "db"}, .follow = true});
  collect_until(*client, 1);
  EXPECT_EQ(port.followers(), 2);
  Texts expected{"before"};
  for (int i = 0; i < 500; ++i) {
    port.print(i % 3 == 0 ? db : web, std::to_string(i), i + 2);
    expected.push_back(std::to_string(i));
    if (i % 50 == 0) settle();
  }
  collect_until(*client, expected.size());
  EXPECT_EQ(texts(), expected);
  client->close();
  until([&] { return server->sessions() == 0; });
  EXPECT_EQ(port.followers(), 0);
}

TEST_P(Logs, lines_that_come_while_the_tail_is_read_are_neither_lost_nor_doubled) {
  Bounds bounds;
  bounds.units_per_step = 1;  // one unit in each step
  make_server({}, bounds);
  for (int i = 0; i < 10; ++i) port.add("u" + std::to_string(i));
  for (std::uint32_t i = 0; i < 10; ++i) port.print(UnitId{i}, "old", 1);
  auto client = adopted();
  client->request(1, "logs", Params{.lines = 1000, .follow = true});
  until([&] { return port.followers() == 10; });
  for (int round = 0; round < 10; ++round) {
    port.print(UnitId{0}, "a" + std::to_string(round), 10 + round);
    port.print(UnitId{9}, "z" + std::to_string(round), 10 + round);
    loop->turn(loop->now());
  }
  collect_until(*client, 30);
  Texts found = texts();
  for (const char* stem : {"a", "z"}) {
    Texts of_unit;
    for (const auto& text : found) {
      if (text.starts_with(stem)) of_unit.push_back(text);
    }
    ASSERT_EQ(of_unit.size(), 10U) << stem;
    EXPECT_TRUE(std::ranges::is_sorted(of_unit));
  }
}

TEST_P(Logs, P8_a_tail_larger_than_its_bound_loses_its_oldest_lines_and_counts_them) {
  Bounds bounds;
  bounds.tail_bytes = 100'000;
  make_server({}, bounds);
  UnitId web = port.add("web");
  for (int i = 0; i < 1000; ++i) port.print(web, std::string(1000, 'x'), i);
  auto client = adopted();
  client->request(1, "logs", Params{.lines = 1000});
  answer(*client, 1);
  EXPECT_GT(texts().size(), 50U);
  EXPECT_EQ(server->counters().tail_dropped, 1000U - texts().size());
}

TEST_P(Logs, P6_the_tails_of_many_units_hold_nobody_up) {
  port.add_many(400, "u");
  for (std::uint32_t i = 0; i < 400; ++i) {
    for (int n = 0; n < 100; ++n) port.print(UnitId{i}, std::string(200, 'x'), n);
  }
  auto client = adopted();
  auto other = adopted();
  client->request(1, "logs", Params{.lines = 100'000});
  other->request(2, "hello");
  EXPECT_TRUE(answer(*other, 2).hello().has_value());
  EXPECT_FALSE(client->line().has_value()) << "the whole tail was read before anybody else was served";
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
}

TEST_P(Logs, C2_following_ends_with_the_last_unit_that_was_named) {
  UnitId web = port.add("web"), db = port.add("db");
  auto client = adopted();
  client->request(1, "logs", Params{.units = {"web", "db"}, .follow = true});
  until([&] { return port.followers() == 2; });
  settle();
  port.remove(web);
  EXPECT_EQ(port.followers(), 1);
  port.print(db, "still here");
  collect_until(*client, 1);
  port.print(db, "last words");
  port.remove(db);
  EXPECT_EQ(answer(*client, 1).kind(), proto::MessageKind::result);
  EXPECT_EQ(texts().back(), "last words");
  EXPECT_EQ(port.followers(), 0);
}

TEST_P(Logs, C2_following_everything_goes_on_with_units_that_join) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "logs", Params{.follow = true});
  until([&] { return port.followers() == 1; });
  settle();
  port.remove(web);
  UnitId mail = port.join("mail");
  port.print(mail, "hello");
  collect_until(*client, 1);
  EXPECT_EQ(texts(), Texts{"hello"});
  client.reset();
  until([&] { return port.followers() == 0; });
}

TEST_P(Logs, C2_who_follows_a_unit_follows_the_one_that_takes_its_name) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "logs", Params{.units = {"web"}, .follow = true});
  until([&] { return port.followers() == 1; });
  settle();
  port.join("other");
  UnitId next = port.join("web");
  EXPECT_EQ(port.followers(), 2);
  port.remove(web);
  port.print(next, "of another kind");
  collect_until(*client, 1);
  EXPECT_EQ(texts(), Texts{"of another kind"});
}

TEST_P(Logs, C2_a_client_that_does_not_read_lets_go_of_a_unit_that_is_gone) {
  UnitId web{};
  auto client = follower_with_little_room(web);
  for (int i = 0; i < 1000; ++i) port.print(web, std::string(1024, 'x'));
  port.remove(web);
  EXPECT_EQ(port.followers(), 0);
  settle();
  EXPECT_EQ(port.followers(), 0);
}

}  // namespace
}  // namespace supd::control
