/// Journal and syslog on the real loops, with real receivers.

#include "daemon/log/datagram_sink.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/io/engine.hpp"
#include "tests/log/receiver.hpp"
#include "tests/log/support.hpp"

namespace supd::log {
namespace {

using Kind = DatagramFormat::Kind;
using Texts = std::vector<std::string>;

constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";

struct Events final : DatagramEvents {
  void on_datagrams_failed(const DatagramSink&, const Error& error) override { failures.push_back(error.code); }
  void on_datagrams_resumed(const DatagramSink&) override { ++resumed; }
  std::vector<int> failures;
  int resumed = 0;
};

struct DatagramsOnEngine : ::testing::TestWithParam<io::Engine> {
  void SetUp() override {
    auto made = io::make_loop(GetParam());
    if (!made) GTEST_SKIP() << "this engine does not work here: " << made.error().text();
    loop = std::move(made->loop);
  }
  void TearDown() override { sink.reset(); }

  void open(const DatagramAddress& to, Kind kind = Kind::syslog) {
    sink.emplace(*loop, events, to, DatagramFormat{kind, {3, "host"}}, FakeWall::read);
  }
  bool put(std::string_view text) {
    return sink->put({.unit = "web", .stamp = stamp, .text = text, .run = {RunId{3}, 812}});
  }
  void until(const std::function<bool()>& done, Duration limit = 60s) {
    Instant end = loop->now() + limit;
    while (!done()) {
      loop->turn(loop->now() + 1s);
      ASSERT_LT(loop->now(), end) << "waited too long";
    }
  }
  /// What stands behind the header of each message that has come since.
  static Texts texts(Receiver& receiver) {
    Texts out;
    for (const std::string& message : receiver.take()) {
      std::size_t own = message.find(" - supd - "), data = message.find("] ");
      out.push_back(data == std::string::npos ? message.substr(own + 10) : message.substr(data + 2));
    }
    return out;
  }
  /// Takes from the receiver whenever something can have come, until `count` records have.
  Texts take(Receiver& receiver, std::size_t count) {
    Texts all;
    until([&] {
      for (std::string& text : texts(receiver)) all.push_back(std::move(text));
      return all.size() >= count;
    });
    return all;
  }

  ScratchDirectory directory;
  std::string path = directory.path("socket");
  std::unique_ptr<io::Loop> loop;
  Events events;
  std::optional<DatagramSink> sink;
};

TEST_P(DatagramsOnEngine, Records_go_out_at_once_by_each_kind_of_socket) {
  Receiver unix_socket(path), ipv4(DatagramAddress::Family::ipv4), ipv6(DatagramAddress::Family::ipv6);
  for (Receiver* receiver : {&unix_socket, &ipv4, &ipv6}) {
    if (!receiver->listens()) {
      std::puts("SKIP in part: no IPv6 on the loopback here");
      continue;
    }
    open(receiver->address());
    EXPECT_TRUE(put("one"));
    EXPECT_TRUE(put("two"));
    EXPECT_TRUE(sink->idle());
    EXPECT_EQ(take(*receiver, 2), (Texts{"one", "two"}));
  }
  EXPECT_EQ(loop->stats().ops_in_flight, 0U) << "and nothing waits for anything";
}

TEST_P(DatagramsOnEngine, Nothing_is_opened_before_the_first_record) {
  open(unix_address(path));
  EXPECT_TRUE(sink->idle());
  EXPECT_TRUE(events.failures.empty());
  EXPECT_EQ(loop->stats().ops_in_flight, 0U);
}

TEST_P(DatagramsOnEngine, L11_P8_a_stalled_receiver_costs_bounded_memory_and_counted_records) {
  Receiver receiver(path);
  open(receiver.address());
  const std::string filler(1000, 'x');
  constexpr std::size_t count = 3000;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < count; ++i) taken += put(std::to_string(i) + " " + filler) ? 1 : 0;
  EXPECT_GT(taken, 900U);
  EXPECT_LE(sink->lag().bytes, DatagramSink::max_pending);
  EXPECT_EQ(sink->dropped().records, count - taken);
  EXPECT_GT(sink->dropped().bytes, (count - taken) * 1000);
  EXPECT_FALSE(sink->idle());
  EXPECT_FALSE(sink->failing());
  EXPECT_EQ(loop->stats().ops_in_flight, 1U) << "one poll";
  Texts all = take(receiver, taken + 1);
  ASSERT_EQ(all.size(), taken + 1);
  for (std::size_t i = 0; i < taken; ++i)
    ASSERT_EQ(all[i], std::to_string(i) + " " + filler) << "in order, none missing";
  EXPECT_EQ(all.back(), std::to_string(count - taken) + " records, " + std::to_string(sink->dropped().bytes) +
                            " bytes dropped here: they could not be sent");
  EXPECT_TRUE(sink->idle());
  EXPECT_TRUE(put("later"));
  EXPECT_EQ(take(receiver, 1), (Texts{"later"})) << "said once";
  EXPECT_TRUE(events.failures.empty());
}

TEST_P(DatagramsOnEngine, P6_a_receiver_that_has_room_again_does_not_take_the_loop) {
  Receiver receiver(path);
  open(receiver.address());
  while (sink->lag().bytes < 500'000) ASSERT_TRUE(put("a short line"));
  std::size_t before = sink->lag().bytes;
  std::size_t got = receiver.take().size();
  ASSERT_GT(got, 0U);
  loop->turn(loop->now() + 10s);
  std::size_t size =
      4 + std::string(
              "<30>1 2026-11-23T13:26:21.123456Z host web 812 stdout [supd@32473 unit=\"web\" run=\"3\"] a short line")
              .size();
  EXPECT_LE(before - sink->lag().bytes, DatagramSink::sends_per_turn * size);
}

TEST_P(DatagramsOnEngine, A_receiver_that_is_not_there_yet_gets_what_waited) {
  open(unix_address(path));
  EXPECT_TRUE(put("one"));
  EXPECT_TRUE(put("two"));
  EXPECT_EQ(events.failures, std::vector<int>{ENOENT});
  EXPECT_TRUE(sink->failing());
  EXPECT_TRUE(sink->idle()) << "nobody has to wait for it at the end";
  EXPECT_GT(sink->lag().bytes, 0U);
  Receiver receiver(path);
  EXPECT_EQ(take(receiver, 2), (Texts{"one", "two"}));
  until([&] { return events.resumed == 1; });
  EXPECT_EQ(events.failures.size(), 1U) << "told once";
  EXPECT_EQ(sink->dropped().records, 0U);
  EXPECT_EQ(loop->stats().ops_in_flight, 0U);
}

TEST_P(DatagramsOnEngine, A_receiver_that_goes_away_and_comes_back) {
  std::optional<Receiver> receiver(std::in_place, path);
  open(receiver->address());
  EXPECT_TRUE(put("one"));
  EXPECT_EQ(take(*receiver, 1), (Texts{"one"}));
  receiver.reset();
  EXPECT_TRUE(put("two")) << "waits";
  EXPECT_EQ(events.failures.size(), 1U);
  const std::string filler(1000, 'x');
  std::size_t taken = 0;
  for (int i = 0; i < 500; ++i) taken += put(filler) ? 1 : 0;
  EXPECT_LE(sink->lag().bytes, DatagramSink::max_pending_failed);
  EXPECT_EQ(sink->dropped().records, 500 - taken);
  receiver.emplace(path);
  Texts all = take(*receiver, taken + 2);
  EXPECT_EQ(all.at(0), "two");
  EXPECT_EQ(all.at(1), filler);
  EXPECT_EQ(all.back().substr(0, all.back().find(',')), std::to_string(500 - taken) + " records");
  EXPECT_TRUE(put("three"));
  EXPECT_EQ(take(*receiver, 1), (Texts{"three"}));
  until([&] { return events.resumed == 1; });
  EXPECT_EQ(events.failures.size(), 1U);
}

TEST_P(DatagramsOnEngine, L10_while_nobody_is_there_it_is_tried_ever_more_slowly_and_only_with_records) {
  open(unix_address(path));
  EXPECT_TRUE(put("one"));
  std::uint64_t before = loop->stats().completions;
  Instant end = loop->now() + 2s;
  while (loop->now() < end) loop->turn(end);
  // After 250 and 500 ms, and one second.
  EXPECT_LE(loop->stats().completions - before, 4U);
  EXPECT_EQ(events.failures.size(), 1U);
}

TEST_P(DatagramsOnEngine, Over_UDP_a_port_that_refuses_is_told_once_counted_and_found_again) {
  std::optional<Receiver> receiver(std::in_place, DatagramAddress::Family::ipv4);
  DatagramAddress address = receiver->address();
  receiver.reset();
  open(address);
  EXPECT_TRUE(put("lost"));
  EXPECT_TRUE(put("kept"));
  EXPECT_EQ(events.failures, std::vector<int>{ECONNREFUSED});
  EXPECT_EQ(sink->dropped().records, 1U);
  receiver.emplace(DatagramAddress::Family::ipv4, address.port);
  if (!receiver->listens()) GTEST_SKIP() << "somebody took port " << address.port << " meanwhile: run it again";
  EXPECT_EQ(take(*receiver, 2), (Texts{"kept", "1 records, 0 bytes dropped here: they could not be sent"}));
  until([&] { return events.resumed == 1; });
  EXPECT_TRUE(put("after"));
  EXPECT_EQ(take(*receiver, 1), (Texts{"after"}));
  EXPECT_EQ(events.failures.size(), 1U);
}

TEST_P(DatagramsOnEngine, L1_the_journal_gets_what_is_too_long_for_a_datagram_as_a_sealed_file) {
  Receiver receiver(path);
  open(receiver.address(), Kind::journal);
  std::string text(1024 * 1024, 'x');
  EXPECT_TRUE(put(text));
  EXPECT_TRUE(put("short"));
  Texts got;
  until([&] {
    for (std::string& record : receiver.take()) got.push_back(std::move(record));
    return got.size() == 2;
  });
  EXPECT_TRUE(got[0].ends_with("\nMESSAGE=" + text + "\n"));
  EXPECT_TRUE(got[1].ends_with("\nMESSAGE=short\n"));
  EXPECT_EQ(receiver.files, 1);
  EXPECT_EQ(receiver.seals, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  EXPECT_EQ(sink->dropped().records, 0U);
}

TEST_P(DatagramsOnEngine, A_sink_that_goes_with_records_waiting_leaves_nothing_behind) {
  Receiver receiver(path);
  open(receiver.address());
  while (sink->lag().bytes < 100'000) ASSERT_TRUE(put(std::string(1000, 'x')));
  sink.reset();
  until([&] { return loop->stats().ops_in_flight == 0; });
}

TEST_P(DatagramsOnEngine, What_was_dropped_is_told_though_nothing_follows) {
  Receiver receiver(path);
  open(receiver.address());
  std::size_t taken = 0;
  while (put(std::string(100'000, 'x'))) ++taken;
  std::size_t pieces = 0;
  until([&] {
    for (const std::string& text : texts(receiver)) {
      if (text.starts_with("1 records, ")) return true;
      ++pieces;
    }
    return false;
  });
  EXPECT_GE(pieces, taken);
  EXPECT_TRUE(sink->idle());
}

INSTANTIATE_TEST_SUITE_P(Engines, DatagramsOnEngine, ::testing::Values(io::Engine::uring, io::Engine::epoll),
                         [](const auto& engine) { return engine.param == io::Engine::uring ? "uring" : "epoll"; });

}  // namespace
}  // namespace supd::log
