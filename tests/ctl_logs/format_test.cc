/// What supd writes is read as it was; what it did not write is defined, too.

#include <gtest/gtest.h>

#include "ctl/logs/line_parser.hpp"
#include "daemon/log/format/json_format.hpp"
#include "daemon/log/format/parse_json.hpp"
#include "daemon/log/format/parse_stamp.hpp"
#include "daemon/log/format/parse_text.hpp"
#include "daemon/log/format/text_format.hpp"
#include "tests/ctl_logs/log_folder.hpp"

namespace supd::ctl::logs::test {
namespace {

using log::FileRecord;
using log::Line;
using log::LineEnd;
using log::Origin;
using log::Stream;

std::string all_bytes() {
  std::string out;
  for (int byte = 0; byte < 256; ++byte) {
    if (byte != '\n') out += static_cast<char>(byte);
  }
  return out;
}

TEST(Stamps, are_read_as_they_were_written) {
  log::Stamper stamper;
  for (std::int64_t time_us : {std::int64_t{0}, noon, noon + 999'999, std::int64_t{-1}, noon * 100}) {
    auto read = log::parse_stamp(stamper.text(time_us));
    ASSERT_TRUE(read.has_value()) << stamper.text(time_us);
    EXPECT_EQ(read->time_us, time_us);
    EXPECT_EQ(read->size, stamper.text(time_us).size());
  }
}

TEST(Stamps, with_an_offset_mean_the_same_time) {
  auto read = log::parse_stamp("2026-11-23T13:00:00.000001+01:00 o x");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->time_us, noon + 1);
  EXPECT_EQ(read->size, 32U);
  EXPECT_EQ(log::parse_stamp("2026-11-23T06:30:00.000000-05:30")->time_us, noon);
}

TEST(Stamps, that_are_none_are_refused) {
  for (const char* text :
       {"", "2026-11-23T12:00:00.123456", "2026-13-23T12:00:00.123456Z", "2026-02-30T12:00:00.123456Z",
        "2026-11-23T24:00:00.123456Z", "2026-11-23 12:00:00.123456Z", "2026-11-23T12:00:00.12345xZ",
        "2026-11-23T12:00:00.123456+1:00", "2026-11-23T12:00:00.123456+24:00"}) {
    EXPECT_FALSE(log::parse_stamp(text).has_value()) << text;
  }
}

TEST(TextRecords, L2_come_back_as_they_were_written) {
  log::Stamper stamper;
  for (Stream stream : {Stream::out, Stream::err}) {
    for (LineEnd end : {LineEnd::newline, LineEnd::cut, LineEnd::pause, LineEnd::stream_end}) {
      std::string out;
      log::append_record(out, stamper.text(noon), stream, Line{all_bytes(), end});
      out.pop_back();
      FileRecord read, expected{noon, stream == Stream::err ? Origin::err : Origin::out, log::goes_on(end)};
      expected.text = all_bytes();
      ASSERT_TRUE(log::parse_text_record(out, read));
      EXPECT_EQ(read, expected);
    }
  }
}

TEST(JsonRecords, come_back_as_they_were_written) {
  log::Stamper stamper;
  std::string text = "\"\\\t\r\x01\x7f \xc3\xa4 \xf0\x9f\x98\x80 {\"time\":1}", out;
  log::append_json_record(out, stamper.text(noon), "we\"b", RunId{7}, Stream::err, Line{text, LineEnd::cut});
  out.pop_back();
  FileRecord read, expected{noon, Origin::err, true, false, 7, text};
  ASSERT_TRUE(log::parse_json_record(out, read)) << out;
  EXPECT_EQ(read, expected);
  out.clear();
  log::append_json_note(out, stamper.text(noon), "web", "run 3, pid 812");
  out.pop_back();
  ASSERT_TRUE(log::parse_json_record(out, read)) << out;
  EXPECT_EQ(read, (FileRecord{noon, Origin::supd, false, false, 0, "run 3, pid 812"}));
}

TEST(JsonRecords, escapes_base64_and_members_that_are_not_known) {
  FileRecord read;
  ASSERT_TRUE(log::parse_json_record(R"( {"time":"2026-11-23T12:00:00.000000Z","new":null,"x":-1.5e3,)"
                                     R"("stream":"stdout","text":"\ud83d\ude00\u00e4\/\b"} )",
                                     read));
  EXPECT_EQ(read.text, "\xf0\x9f\x98\x80\xc3\xa4/\b");
  LineParser parser("web", FileKind::records);
  proto::LogRecord record;
  parser.parse({R"({"time":"2026-11-23T12:00:00.000000Z","unit":"web","stream":"stdout","base64":"/wA="})"}, record);
  EXPECT_EQ(record.text, std::string("\xff\0", 2));
}

TEST(JsonRecords, that_are_none_are_refused) {
  const std::string good = R"({"time":"2026-11-23T12:00:00.000000Z","stream":"stdout","text":"x"})";
  FileRecord read;
  ASSERT_TRUE(log::parse_json_record(good, read));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(log::parse_json_record(good.substr(0, size), read)) << good.substr(0, size);
  }
  for (const char* tail : {"}", ",", "x", R"({"a":1})"}) EXPECT_FALSE(log::parse_json_record(good + tail, read));
  for (const char* text :
       {R"({"time":1,"stream":"stdout","text":"x"})", R"({"time":"now","stream":"stdout","text":"x"})",
        R"({"time":"2026-11-23T12:00:00.000000Z","stream":"other","text":"x"})",
        R"({"time":"2026-11-23T12:00:00.000000Z","stream":"stdout","text":{"a":1}})",
        R"({"time":"2026-11-23T12:00:00.000000Z","stream":"stdout","text":"\ud800"})",
        R"({"time":"2026-11-23T12:00:00.000000Z","stream":"stdout","text":"\x"})"}) {
    EXPECT_FALSE(log::parse_json_record(text, read)) << text;
  }
}

TEST(FileLines, L4_what_a_child_wrote_into_a_raw_file_is_never_taken_for_a_record) {
  LineParser parser("web", FileKind::raw);
  parser.begin_file(noon);
  proto::LogRecord record;
  std::string forged = "2026-11-23T12:00:00.000000Z - run 9, pid 1";
  parser.parse({forged}, record);
  EXPECT_EQ(record.text, forged);
  EXPECT_FALSE(record.note);
  EXPECT_EQ(record.time_us, noon);
}

TEST(FileLines, foreign_ones_are_shown_with_the_time_of_the_record_before) {
  LineParser parser("web", FileKind::records);
  proto::LogRecord record;
  parser.begin_file(1);
  parser.parse({"edited by hand"}, record);
  EXPECT_EQ(record.time_us, 1);
  parser.parse({"2026-11-23T12:00:00.000000Z e oops"}, record);
  EXPECT_TRUE(record.is_stderr);
  parser.parse({"2026-11-23T12:00:"}, record);  // torn by a crash
  EXPECT_EQ(record.text, "2026-11-23T12:00:");
  EXPECT_EQ(record.time_us, noon);
  EXPECT_FALSE(record.is_stderr);
}

TEST(FileLines, L1_pieces_of_an_overlong_line_go_on_from_their_record) {
  LineParser parser("web", FileKind::records);
  proto::LogRecord record;
  parser.parse({"2026-11-23T12:00:00.000000Z e aaa", 0, true, false}, record);
  EXPECT_TRUE(record.partial);
  parser.parse({"2026-11-23T12:00:01.000000Z o bbb", 33, false, true}, record);
  EXPECT_EQ(record.text, "2026-11-23T12:00:01.000000Z o bbb");
  EXPECT_TRUE(record.is_stderr);
  EXPECT_FALSE(record.partial);
  EXPECT_EQ(record.time_us, noon);
}

}  // namespace
}  // namespace supd::ctl::logs::test
