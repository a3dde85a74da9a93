// One client's stream: pipelining, broken frames, half frames, ends of all kinds (C3).

#include <algorithm>
#include <filesystem>

#include "tests/control/harness.hpp"

namespace supd::control {
namespace {

using proto::Params;

class Sessions : public ControlTest {};
ON_BOTH_ENGINES(Sessions);

std::string hello_frame(int id) { return R"({"id":)" + std::to_string(id) + R"(,"method":"hello"})" + "\n"; }

TEST_P(Sessions, pipelined_requests_are_all_answered) {
  auto client = adopted();
  std::string text;
  for (int i = 1; i <= 1000; ++i) text += hello_frame(i);
  client->send(text);
  for (int i = 1; i <= 1000; ++i) answer(*client, i);
  EXPECT_EQ(server->counters().requests, 1000U);
}

TEST_P(Sessions, C3_a_request_that_comes_byte_by_byte_is_answered_and_nobody_waits_for_it) {
  auto slow = adopted();
  auto other = adopted();
  std::string frame = hello_frame(1);
  for (char byte : frame) {
    expect_alive(*other);
    slow->send(std::string(1, byte));
  }
  answer(*slow, 1);
}

TEST_P(Sessions, C3_half_a_frame_and_then_the_end_is_forgotten) {
  auto client = adopted();
  client->send(hello_frame(1) + R"({"id":2,"method":"shutd)");
  client->shut_write();
  answer(*client, 1);
  expect_end(*client);
  EXPECT_TRUE(port.shutdowns.empty());
  until([&] { return server->sessions() == 0; });
}

TEST_P(Sessions, C3_a_frame_that_is_no_request_is_answered_and_the_next_one_works) {
  auto client = adopted();
  client->send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(answer(*client, 0).fault().code, proto::parse_error);
  client->send("[1]\n\xFF\n{}\n");
  EXPECT_EQ(answer(*client, 0).fault().code, proto::invalid_request);
  EXPECT_EQ(answer(*client, 0).fault().code, proto::parse_error);
  EXPECT_EQ(answer(*client, 0).fault().code, proto::invalid_request);
  EXPECT_EQ(server->counters().bad_requests, 4U);
  expect_alive(*client);
}

TEST_P(Sessions, C3_a_request_of_a_gigabyte_ends_the_session_and_takes_no_memory) {
  auto client = adopted();
  auto other = adopted();
  client->send(hello_frame(1));
  answer(*client, 1);
  const std::string piece(64 * 1024, 'x');
  std::size_t sent = 0;
  std::optional<std::string> told;
  until([&] {
    sent += client->send_some(piece);
    if (!told) told = client->line();
    return told.has_value();
  });
  EXPECT_NE(told->find("longer than 1048576 bytes"), std::string::npos);
  EXPECT_LT(sent, 16U * 1024 * 1024);
  expect_end(*client);
  EXPECT_EQ(server->counters().oversize_frames, 1U);
  expect_alive(*other);
}

TEST_P(Sessions, P8_the_longest_request_is_still_read) {
  auto client = adopted();
  std::string head = R"({"id":1,"method":"hello","pad":")";
  std::string frame = head + std::string(proto::max_request_bytes - head.size() - 2, 'x') + "\"}\n";
  std::size_t sent = 0;
  until([&] {
    sent += client->send_some(std::string_view(frame).substr(sent));
    return sent == frame.size();
  });
  answer(*client, 1);
}

TEST_P(Sessions, a_half_closed_client_still_gets_its_answers) {
  UnitId web = port.add("web");
  auto client = adopted();
  client->request(1, "start", Params{.units = {"web"}});
  client->shut_write();
  until([&] { return port.given.size() == 1; });
  settle();
  EXPECT_EQ(server->sessions(), 1U);
  port.set(web, State::running);
  EXPECT_TRUE(answer(*client, 1).results()->front().ok);
  expect_end(*client);
}

TEST_P(Sessions, a_half_closed_follower_that_leaves_is_noticed) {
  port.add("web");
  auto client = adopted();
  client->request(1, "logs", Params{.follow = true});
  client->shut_write();
  until([&] { return port.followers() == 1; });
  settle();
  EXPECT_EQ(server->sessions(), 1U);
  client->close();
  until([&] { return server->sessions() == 0; });
  EXPECT_EQ(port.followers(), 0);
}

TEST_P(Sessions, what_was_asked_before_the_client_left_is_carried_out) {
  port.add("web");
  auto client = adopted();
  std::string frames;
  for (int i = 0; i < 100; ++i) proto::write_request(frames, i, "stop", Params{.units = {"web"}, .wait = false});
  client->send(frames);
  client->close();
  until([&] { return server->sessions() == 0; });
  EXPECT_EQ(port.given.size(), 100U);
}

TEST_P(Sessions, C3_death_in_the_middle_of_a_reply_hurts_nobody) {
  port.add_many(5000, "unit-");
  auto other = adopted();
  for (int i = 0; i < 20; ++i) {
    auto client = adopted();
    client->request(1, "status");
    until([&] { return server->held_bytes() > 0; });
    client->close();
  }
  until([&] { return server->sessions() == 1; });
  EXPECT_EQ(server->held_bytes(), 0U);
  expect_alive(*other);
}

TEST_P(Sessions, P6_a_client_that_pipelines_without_end_starves_nobody) {
  port.add_many(1000, "unit-");
  auto greedy = adopted();
  auto other = adopted();
  std::string frames;
  for (int i = 0; i < 2000; ++i) proto::write_request(frames, i, "status");
  greedy->send_some(frames);
  for (int i = 0; i < 50; ++i) {
    while (greedy->line().has_value()) continue;
    other->request(1, "hello");
    std::uint64_t turns = loop->stats().turns;
    answer(*other, 1);
    EXPECT_LE(loop->stats().turns - turns, 10U);
  }
}

TEST_P(Sessions, P8_requests_in_flight_are_bounded_and_reading_rests) {
  Bounds bounds;
  bounds.requests_in_flight = 4;
  bounds.input_waiting = 1024;
  make_server({}, bounds);
  UnitId web = port.add("web");
  auto client = adopted();
  std::string frames;
  for (int i = 1; i <= 2000; ++i) proto::write_request(frames, i, "wait", Params{.units = {"web"}});
  client->send(frames);
  settle();
  EXPECT_EQ(server->counters().requests, 4U);
  EXPECT_EQ(server->counters().input_pauses, 1U);
  port.set(web, State::running);
  std::vector<bool> answered(2001);
  for (int i = 1; i <= 2000; ++i) {
    for (;;) {
      auto next = message(*client);
      if (next.kind() == proto::MessageKind::notification) continue;
      answered[static_cast<std::size_t>(next.id())] = true;
      break;
    }
  }
  EXPECT_EQ(std::ranges::count(answered, true), 2000);
  expect_alive(*client);
}

TEST_P(Sessions, closing_the_server_ends_every_session) {
  listen();
  UnitId web = port.add("web");
  auto a = connect();
  auto b = adopted();
  a->request(1, "logs", Params{.follow = true});
  b->request(1, "start", Params{.units = {"web"}, .timeout_ms = 10'000});
  until([&] { return port.followers() == 1 && port.given.size() == 1; });
  server->close();
  expect_end(*a);
  expect_end(*b);
  EXPECT_EQ(server->sessions(), 0U);
  EXPECT_FALSE(std::filesystem::exists(path));
  port.set(web, State::running);
  settle();
  listen();  // and it can begin anew
  expect_alive(*connect());
}

}  // namespace
}  // namespace supd::control
