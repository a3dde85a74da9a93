/// logs, events and live lines: on pipes and on a terminal, and how they end.

#include <gtest/gtest.h>
#include <signal.h>

#include "ctl/proto/reply.hpp"
#include "tests/ctl/fake_supd.hpp"
#include "tests/ctl/program.hpp"

namespace supd::ctl::test {
namespace {

using proto::Request;

constexpr std::int64_t noon_us = 1'795'435'201'123'000;  // 12:00:01.123 UTC

/// Has these records in memory, and no file.
FakeSupd::Script with_log(std::vector<proto::LogRecord> records) {
  return [records = std::move(records)](const Request& request) {
    Answer answer;
    bool follow = request.params.follow.value_or(false);
    if (request.method == "log_files") {
      std::vector<proto::LogSource> sources{{.unit = "web", .memory = true}, {.unit = "db", .memory = true}};
      proto::write_log_files(answer.bytes, request.id_json, sources);
    } else if (request.method == "logs") {
      proto::write_log(answer.bytes, request.id_json, records);
      if (follow) proto::write_log(answer.bytes, request.id_json, {});
    }
    if (!follow) proto::write_empty(answer.bytes, request.id_json);
    return answer;
  };
}

/// The lines are of that day; on others they have their date.
std::string without_dates(std::string text) {
  const std::string date = "2026-11-23 ";
  for (std::size_t at = text.find(date); at != std::string::npos; at = text.find(date, at)) text.erase(at, date.size());
  return text;
}

std::vector<proto::LogRecord> two_lines() {
  return {{.unit = "web", .time_us = noon_us, .text = "\x1b[2Jhello"},
          {.unit = "db", .time_us = noon_us, .is_stderr = true, .text = "oops"}};
}

TEST(Stream, logs_of_several_units) {
  FakeSupd supd(with_log(two_lines()));
  Ended run = run_supctl({.words = {"logs", "--socket", supd.path(), "-n", "7"}});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(without_dates(run.out), "12:00:01.123 web | \\x1b[2Jhello\n12:00:01.123 db  ! oops\n");
  EXPECT_EQ(supd.requests().at(1).params.lines, 7);
}

TEST(Stream, a_supd_that_knows_of_no_files_gives_what_it_has_in_memory) {
  FakeSupd supd([](const Request& request) {
    if (request.method == "log_files") return fault(request, proto::no_such_method, "no such method");
    return with_log(two_lines())(request);
  });
  Ended run = run_supctl({.words = {"logs", "--socket", supd.path()}});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(without_dates(run.out), "12:00:01.123 web | \\x1b[2Jhello\n12:00:01.123 db  ! oops\n");
}

TEST(Stream, what_is_asked_for_in_logs_has_to_make_sense) {
  auto said = [](const std::vector<std::string>& words) {
    std::vector<std::string> all{"logs"};
    all.insert(all.end(), words.begin(), words.end());
    Ended run = run_supctl({.words = all});
    EXPECT_EQ(run.code, 2) << run.err;
    return run.err;
  };
  EXPECT_NE(said({"--since", "25:00"}).find("--since: '25:00' has an hour above 23"), std::string::npos);
  EXPECT_NE(said({"--until", "tomorrowish"}).find("is no time like"), std::string::npos);
  EXPECT_NE(said({"--since", "1h", "--until", "2h"}).find("is before --since"), std::string::npos);
  EXPECT_NE(said({"--grep", "("}).find("is no regular expression"), std::string::npos);
  EXPECT_NE(said({"--stream", "stdin"}).find("is not stdout, stderr or supd"), std::string::npos);
}

TEST(Stream, L3_on_a_terminal_nothing_but_our_colours_is_obeyed) {
  FakeSupd supd(with_log(two_lines()));
  Ended run = run_supctl({.words = {"logs", "--socket", supd.path()}, .on_terminal = true});
  EXPECT_EQ(run.out.find("\x1b[2J"), std::string::npos);
  EXPECT_NE(run.out.find("\\x1b[2Jhello"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\x1b[31m!\x1b[0m oops"), std::string::npos) << run.out;
}

TEST(Stream, no_colour_on_request) {
  FakeSupd supd(with_log(two_lines()));
  std::vector<std::string> words{"logs", "--socket", supd.path()};
  std::vector<std::string> more = words;
  more.emplace_back("--no-color");
  EXPECT_EQ(run_supctl({.words = more, .on_terminal = true}).out.find('\x1b'), std::string::npos);
  Invocation by_environment{.words = words, .environment = {"TERM=xterm", "NO_COLOR=1"}, .on_terminal = true};
  EXPECT_EQ(run_supctl(by_environment).out.find('\x1b'), std::string::npos);
  Invocation dumb{.words = words, .environment = {"TERM=dumb"}, .on_terminal = true};
  EXPECT_EQ(run_supctl(dumb).out.find('\x1b'), std::string::npos);
}

TEST(Stream, L2_raw_logs_are_the_units_bytes) {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) {
    if (byte != '\n') bytes += static_cast<char>(byte);
  }
  FakeSupd supd(with_log({{.unit = "web", .time_us = noon_us, .text = bytes}}));
  EXPECT_EQ(run_supctl({.words = {"logs", "web", "-o", "raw", "--socket", supd.path()}}).out, bytes + "\n");
}

TEST(Stream, following_shows_lines_at_once_and_ends_with_130_on_ctrl_c) {
  FakeSupd supd(with_log(two_lines()));
  Program program({.words = {"logs", "-f", "--socket", supd.path()}});
  EXPECT_TRUE(program.read_until("oops\n"));
  program.send_signal(SIGINT);
  Ended run = program.finish();
  EXPECT_EQ(run.code, 130);
  EXPECT_EQ(run.err, "");
}

TEST(Stream, L10_a_reader_that_leaves_ends_a_follower_quietly_even_when_nothing_comes) {
  FakeSupd supd(with_log(two_lines()));
  Program program({.words = {"logs", "-f", "--socket", supd.path()}});
  EXPECT_TRUE(program.read_until("oops\n"));
  program.stop_reading();
  Ended run = program.finish();
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
}

TEST(Stream, a_follower_is_told_when_supd_ends) {
  FakeSupd supd([](const Request&) { return Answer{.close = true}; });
  Ended run = run_supctl({.words = {"events", "-f", "--socket", supd.path()}});
  EXPECT_EQ(run.code, 5);
  EXPECT_NE(run.err.find("closed the connection"), std::string::npos) << run.err;
}

TEST(Stream, P8_a_gap_in_the_events_is_said) {
  FakeSupd supd([](const Request& request) {
    UnitEvent first{
        .sequence = 5, .time_ms = noon_us / 1000, .unit = "web", .from = State::starting, .to = State::running};
    first.pid = 12;
    first.cause = "ready";
    UnitEvent second = first;
    second.sequence = 9;
    Answer answer;
    proto::write_events(answer.bytes, request.id_json, std::vector{first, second});
    proto::write_empty(answer.bytes, request.id_json);
    return answer;
  });
  EXPECT_EQ(run_supctl({.words = {"events", "--socket", supd.path()}}).out,
            "12:00:01.123 web: starting -> running, pid 12: ready\n"
            "(3 events were lost here)\n"
            "12:00:01.123 web: starting -> running, pid 12: ready\n");
}

TEST(Stream, a_long_log_arrives_whole) {
  std::vector<proto::LogRecord> records;
  for (int i = 0; i < 20'000; ++i) records.push_back({.unit = "web", .time_us = noon_us, .text = std::to_string(i)});
  FakeSupd supd(with_log(records));
  Ended run = run_supctl({.words = {"logs", "web", "-n", "20000", "-o", "raw", "--socket", supd.path()}});
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 20'000);
  EXPECT_TRUE(run.out.ends_with("\n19999\n"));
}

TEST(Live, a_terminal_gets_one_line_per_unit_painted_over) {
  FakeSupd supd([](const Request& request) {
    Answer answer;
    proto::write_progress(answer.bytes, request.id_json, {"web", State::waiting, "requires db"});
    proto::write_progress(answer.bytes, request.id_json, {"db", State::starting, ""});
    if (request.method == "stop") proto::write_results(answer.bytes, request.id_json, {});
    return answer;
  });
  Invocation invocation{.words = {"start", "web", "--no-color", "--socket", supd.path()}, .on_terminal = true};
  Program program(invocation);
  EXPECT_TRUE(program.read_until("db: starting\nweb: waiting, requires db\n"));
  program.send_signal(SIGINT);
  EXPECT_EQ(program.finish().code, 130);
}

TEST(Live, the_final_lines_stand_in_place_of_the_live_ones) {
  FakeSupd supd([](const Request& request) {
    Answer answer;
    proto::write_progress(answer.bytes, request.id_json, {"web", State::starting, ""});
    std::vector<proto::UnitResult> results{{"web", false, State::failed, "exited with 3"}};
    proto::write_results(answer.bytes, request.id_json, results);
    return answer;
  });
  Ended run = run_supctl({.words = {"start", "web", "--no-color", "--socket", supd.path()}, .on_terminal = true});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(run.out.ends_with("web: failed, exited with 3 (see 'supctl why web' and 'supctl logs web')\n"))
      << run.out;
}

TEST(Live, watching_paints_from_the_top_and_ends_with_130) {
  FakeSupd supd([](const Request& request) {
    UnitStatus web;
    web.name = "web";
    web.state = State::running;
    web.cause = std::string(200, 'x');
    Answer answer;
    proto::write_status(answer.bytes, request.id_json, std::vector{web});
    return answer;
  });
  Program program({.words = {"status", "--watch", "--no-color", "--socket", supd.path()}, .on_terminal = true});
  EXPECT_TRUE(program.read_until("x…\n\x1b[H\x1b[J"));  // cut at the terminal's width, then once more
  program.send_signal(SIGINT);
  EXPECT_EQ(program.finish().code, 130);
}

}  // namespace
}  // namespace supd::ctl::test
