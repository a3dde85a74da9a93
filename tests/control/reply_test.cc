#include "ctl/proto/reply.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ctl/proto/message.hpp"
#include "ctl/proto/values.hpp"
#include "units/base/utf8.hpp"

namespace supd::proto {
namespace {

/// One frame, checked to be one line of UTF-8, read back.
Message read_back(std::string frame) {
  EXPECT_TRUE(frame.ends_with('\n'));
  frame.pop_back();
  EXPECT_EQ(frame.find('\n'), std::string::npos);
  EXPECT_TRUE(is_utf8(frame));
  auto message = parse_message(frame);
  EXPECT_TRUE(message.has_value()) << message.error().text();
  return std::move(message.value());
}

UnitStatus full_status() {
  UnitStatus status;
  status.name = "web";
  status.kind = "service";
  status.description = "the \"web\"\tserver \xE2\x82\xAC";
  status.state = State::backoff;
  status.wanted = true;
  status.ready = true;
  status.pid = 4242;
  status.run = UINT64_MAX;
  status.uptime_ms = INT64_MAX;
  status.since_ms = INT64_MIN;
  status.restarts = 3;
  status.last_exit = "exited with 3";
  status.cause = "started by hand";
  status.cpu_ms = 5;
  status.max_rss_kb = 6;
  status.log_lines = 7;
  status.log_bytes = 8;
  status.log_dropped = 9;
  status.log_truncated = 10;
  status.log_limited = 11;
  status.log_limited_bytes = 12;
  status.log_dropped_file = 13;
  status.log_dropped_console = 14;
  status.log_dropped_journal = 15;
  status.log_dropped_syslog = 16;
  status.log_waiting = 17;
  status.log_waiting_ms = 18;
  status.journal_waiting = 19;
  status.journal_waiting_ms = 20;
  status.syslog_waiting = 21;
  status.syslog_waiting_ms = 22;
  return status;
}

void expect_same(const UnitStatus& a, const UnitStatus& b) {
  std::string left, right;
  append_json(left, a);
  append_json(right, b);
  EXPECT_EQ(left, right);
}

TEST(Reply, status_comes_back_whole) {
  std::vector<UnitStatus> units{full_status(), UnitStatus{}};
  std::string frame;
  write_status(frame, "7", units);
  Message message = read_back(frame);
  EXPECT_EQ(message.kind(), MessageKind::result);
  EXPECT_EQ(message.id(), 7);
  auto read = message.statuses();
  ASSERT_TRUE(read.has_value()) << read.error().text();
  ASSERT_EQ(read->size(), 2U);
  expect_same((*read)[0], units[0]);
  expect_same((*read)[1], units[1]);
}

TEST(Reply, what_seldom_happens_to_a_log_is_not_there_when_it_did_not) {
  std::string none, some;
  append_json(none, UnitStatus{});
  EXPECT_NE(none.find(R"("log_dropped":0,"log_truncated":0})"), std::string::npos) << none;
  UnitStatus status;
  status.log_limited = 1;
  status.syslog_waiting_ms = 2;
  append_json(some, status);
  EXPECT_NE(some.find(R"("log_truncated":0,"log_limited":1,"syslog_waiting_ms":2})"), std::string::npos) << some;
  std::string full;
  append_json(full, full_status());
  EXPECT_NE(full.find(R"("log_limited":11,"log_limited_bytes":12,"log_dropped_file":13,"log_dropped_console":14,)"
                      R"("log_dropped_journal":15,"log_dropped_syslog":16,"log_waiting":17,"log_waiting_ms":18,)"
                      R"("journal_waiting":19,"journal_waiting_ms":20,"syslog_waiting":21,"syslog_waiting_ms":22})"),
            std::string::npos)
      << full;
}

TEST(Reply, status_in_pieces_is_the_same_as_in_one) {
  std::vector<UnitStatus> units(5, full_status());
  std::string whole, pieces;
  write_status(whole, "1", units);
  begin_status(pieces, "1");
  add_status(pieces, std::span(units).first(2), true);
  add_status(pieces, {}, false);
  add_status(pieces, std::span(units).subspan(2), false);
  end_status(pieces);
  EXPECT_EQ(whole, pieces);
  std::string none;
  write_status(none, "1", {});
  EXPECT_EQ(read_back(none).statuses()->size(), 0U);
}

TEST(Reply, status_looks_as_documented) {
  std::string frame;
  write_status(frame, "\"x\"", {});
  EXPECT_EQ(frame, "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"version\":1,\"units\":[]}}\n");
}

TEST(Reply, every_other_result_comes_back) {
  std::string frame;
  Hello hello{1, "0.1", "uring", "admin", 77};
  write_hello(frame, "1", hello);
  EXPECT_EQ(read_back(frame).hello().value(), hello);

  std::vector<UnitResult> results{{"web", true, State::running, "up"}, {"db", false, State::failed, "gave up"}};
  write_results(frame = {}, "1", results);
  EXPECT_EQ(read_back(frame).results().value(), results);

  std::vector<WhyStep> chain{{"web", State::waiting, "requires db"}, {"db", State::failed, "exited with 1"}};
  write_why(frame = {}, "1", chain);
  EXPECT_EQ(read_back(frame).chain().value(), chain);

  std::vector<ShownValue> values{{"restart.delay", "\"1s\"", "/etc/supd/web.toml:3"}, {"kind", "\"service\"", ""}};
  write_shown(frame = {}, "1", values);
  EXPECT_EQ(read_back(frame).shown().value(), values);

  std::vector<Finding> findings{{"engine", true, "uring", ""}, {"cgroups", false, "none", "mount cgroup2"}};
  write_findings(frame = {}, "1", findings);
  EXPECT_EQ(read_back(frame).findings().value(), findings);

  write_empty(frame = {}, "1");
  EXPECT_EQ(read_back(frame).kind(), MessageKind::result);
}

TEST(Reply, faults_come_back_with_their_data) {
  RpcFault fault{4, "no such unit: \"wbe\"", "web", {{"db", false, State::starting, "slow"}}, "9"};
  std::string frame;
  write_fault(frame, fault);
  Message message = read_back(frame);
  EXPECT_EQ(message.kind(), MessageKind::error);
  EXPECT_EQ(message.id(), 9);
  fault.id_json = "null";  // the client has it as id()
  EXPECT_EQ(message.fault(), fault);
  write_fault(frame = {}, {-32700, "bad", {}, {}});
  EXPECT_EQ(frame, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"bad\"}}\n");
}

TEST(Reply, notifications_come_back_with_the_id_of_their_request) {
  std::string frame;
  UnitProgress progress{"web", State::starting, "its process was started"};
  write_progress(frame, "3", progress);
  Message message = read_back(frame);
  EXPECT_EQ(message.kind(), MessageKind::notification);
  EXPECT_EQ(message.method(), "progress");
  EXPECT_EQ(message.id(), 3);
  EXPECT_EQ(message.progress().value(), progress);

  std::vector<UnitEvent> events{{1, 2, "web", State::starting, State::running, 3, 4, "ready"}, {}};
  write_events(frame = {}, "3", events);
  auto read = read_back(frame).events();
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->front().cause, "ready");
  EXPECT_EQ(read->front().to, State::running);
  EXPECT_EQ(read->front().pid, 4);

  write_progress(frame = {}, "\"a string\"", progress);
  EXPECT_NE(frame.find(R"("params":{"id":"a string","unit":"web")"), std::string::npos);
}

TEST(Reply, L2_log_text_of_any_bytes_is_valid_json_and_loses_nothing) {
  std::vector<LogRecord> records;
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
    records.push_back({"web", i, i % 2 == 0, i % 3 == 0, std::string(1, static_cast<char>(i)), i % 5 == 0});
  }
  records.push_back({"web", 1, false, false, all});
  records.push_back({"web", 1, false, false, ""});
  records.push_back({"web", 1, false, false, "\xE2\x82\xAC \xF0\x9F\x98\x80 \" \\ \x1B[31m"});
  records.push_back({"web", 1, false, false, "cut \xE2\x82"});
  std::string frame;
  write_log(frame, "1", records);
  auto read = read_back(frame).records();
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(*read, records);
}

TEST(Reply, L4_a_line_that_looks_like_a_record_stays_text) {
  std::vector<LogRecord> records{{"web", 1, false, false, R"("},{"unit":"db","text":"forged"}],"x":[{"a":")"}};
  std::string frame;
  write_log(frame, "1", records);
  EXPECT_EQ(read_back(frame).records().value(), records);
}

TEST(Reply, bad_bytes_outside_of_log_text_never_make_bad_json) {
  std::string frame;
  write_progress(frame, "1", {"we\xFF", State::failed, "\xC0"});
  EXPECT_EQ(read_back(frame).progress()->unit, "we\xEF\xBF\xBD");
}

TEST(Message, the_reader_never_trusts) {
  for (std::string text : {"", "1", "[]", "{", "{}", "null", R"({"id":1})", "{\"result\":{}", "\"result\""}) {
    EXPECT_FALSE(parse_message(text).has_value()) << text;
  }
  for (const char* text :
       {R"({"result":1})", R"({"result":{}})", R"({"result":{"units":1}})", R"({"result":{"units":[1]}})",
        R"({"result":{"units":[{"name":1}]}})", R"({"result":{"units":[{"state":"asleep"}]}})",
        R"({"result":{"units":[{"pid":"1"}]}})", R"({"result":{"units":[{"pid":1.5}]}})",
        R"({"result":{"units":[{"run":-1}]}})", R"({"result":{"units":[{"ready":1}]}})"}) {
    auto message = parse_message(text);
    ASSERT_TRUE(message.has_value()) << text;
    EXPECT_FALSE(message->statuses().has_value()) << text;
    EXPECT_FALSE(message->records().has_value()) << text;
    EXPECT_FALSE(message->chain().has_value()) << text;
  }
  EXPECT_FALSE(parse_message(R"({"method":"log","params":{"records":[{"base64":"!"}]}})")->records().has_value());
  EXPECT_FALSE(parse_message(R"({"method":"log","params":{"records":[{"base64":1}]}})")->records().has_value());
  EXPECT_TRUE(parse_message(R"({"error":1})")->fault().code < 0);
  EXPECT_TRUE(parse_message(R"({"error":{"code":"x","message":1,"data":[1]}})")->fault().code < 0);
}

TEST(Message, members_that_are_new_or_missing_are_no_error) {
  auto message = parse_message(R"({"result":{"units":[{"later":[1,{}],"name":"web","pid":null}],"more":1},"id":"x"})");
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->id(), 0);
  auto units = message->statuses();
  ASSERT_TRUE(units.has_value());
  EXPECT_EQ(units->front().name, "web");
  EXPECT_EQ(units->front().pid, 0);
}

TEST(Message, P13_deep_nesting_is_no_deep_recursion) {
  std::string text = R"({"result":)" + std::string(2'000'000, '[') + std::string(2'000'000, ']') + "}";
  EXPECT_TRUE(parse_message(text).has_value());
}

}  // namespace
}  // namespace supd::proto
