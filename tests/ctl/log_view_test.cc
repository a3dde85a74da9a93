#include "ctl/log_view.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace supd::ctl {
namespace {

constexpr std::int64_t noon_us = 1'795'435'201'123'000;  // 12:00:01.123 UTC

class LogLines : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  static proto::LogRecord record(std::string unit, std::string text) {
    return {.unit = std::move(unit), .time_us = noon_us, .text = std::move(text)};
  }
  std::string shown(LogView& view, const proto::LogRecord& line) {
    std::string out;
    view.append(out, line);
    return out;
  }
};

TEST_F(LogLines, unit_and_stream_stand_before_the_text) {
  LogView view({});
  EXPECT_EQ(shown(view, record("web", "hello")), "12:00:01.123 web | hello\n");
  proto::LogRecord loud = record("web", "oops");
  loud.is_stderr = true;
  EXPECT_EQ(shown(view, loud), "12:00:01.123 web ! oops\n");
}

TEST_F(LogLines, names_are_padded_to_the_longest_seen) {
  LogView view({});
  EXPECT_EQ(shown(view, record("database", "a")), "12:00:01.123 database | a\n");
  EXPECT_EQ(shown(view, record("web", "b")), "12:00:01.123 web      | b\n");
}

TEST_F(LogLines, one_unit_needs_no_name) {
  LogView view({.with_units = false});
  EXPECT_EQ(shown(view, record("web", "hello")), "12:00:01.123 | hello\n");
}

TEST_F(LogLines, L4_no_line_is_taken_for_another_units) {
  LogView view({});
  std::string forged = "x\n12:00:01.123 db | all is well";
  EXPECT_EQ(shown(view, record("web", forged)), "12:00:01.123 web | x\\n12:00:01.123 db | all is well\n");
  EXPECT_EQ(shown(view, record("web", "\r12:00:01.123 db | ok")), "12:00:01.123 web | \\r12:00:01.123 db | ok\n");
  EXPECT_EQ(shown(view, record("we\nb", "x")), "12:00:01.123 we\\nb | x\n");
}

TEST_F(LogLines, L4_words_of_supd_have_a_mark_of_their_own) {
  LogView view({});
  proto::LogRecord note = record("web", "12 lines were dropped");
  note.note = true;
  EXPECT_EQ(shown(view, note), "12:00:01.123 web * 12 lines were dropped\n");
}

TEST_F(LogLines, L1_pieces_of_a_long_line_are_marked) {
  LogView view({});
  proto::LogRecord piece = record("web", "aaa");
  piece.partial = true;
  EXPECT_EQ(shown(view, piece), "12:00:01.123 web | aaa\n");
  EXPECT_EQ(shown(view, record("db", "other")), "12:00:01.123 db  | other\n");
  EXPECT_EQ(shown(view, piece), "12:00:01.123 web + aaa\n");
  EXPECT_EQ(shown(view, record("web", "end")), "12:00:01.123 web + end\n");
  EXPECT_EQ(shown(view, record("web", "new")), "12:00:01.123 web | new\n");
}

TEST_F(LogLines, L2_raw_is_what_the_unit_wrote) {
  LogView view({.format = Format::raw});
  std::string bytes = "\x1b[31m\xff\r";
  EXPECT_EQ(shown(view, record("web", bytes)), bytes + "\n");
  proto::LogRecord piece = record("web", "aaa");
  piece.partial = true;
  EXPECT_EQ(shown(view, piece), "aaa");
  proto::LogRecord note = record("web", "dropped");
  note.note = true;
  EXPECT_EQ(shown(view, note), "");
}

TEST_F(LogLines, L3_json_is_one_harmless_line) {
  LogView view({.format = Format::json, .terminal = true});
  std::string line = shown(view, record("web", "\x1b[2J\n\xc2\x9bK"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_NE(line.find("\\u009bK"), std::string::npos) << line;
}

TEST_F(LogLines, colour_surrounds_only_our_words) {
  LogView view({.color = true});
  std::string line = shown(view, record("web", "\x1b[31mx"));
  EXPECT_TRUE(line.ends_with(" \\x1b[31mx\n")) << line;
  EXPECT_NE(line.find("web\x1b[0m"), std::string::npos) << line;
}

TEST_F(LogLines, times_before_1970_and_far_ahead_do_not_break) {
  std::string out;
  append_time(out, -1);
  EXPECT_EQ(out, "23:59:59.999");
  out.clear();
  append_time(out, INT64_MAX);
  EXPECT_EQ(out.size(), 12U);
}

}  // namespace
}  // namespace supd::ctl
