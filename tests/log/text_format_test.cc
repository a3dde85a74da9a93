#include "daemon/log/format/text_format.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/log/support.hpp"
#include "units/base/visible.hpp"

namespace supd::log {
namespace {

constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";

TEST(TextFormat, Records_of_every_kind) {
  std::string out;
  append_record(out, stamp, Stream::out, {"whole", LineEnd::newline});
  append_record(out, stamp, Stream::err, {"piece", LineEnd::cut});
  append_record(out, stamp, Stream::err, {"quiet", LineEnd::pause});
  append_record(out, stamp, Stream::out, {"last", LineEnd::stream_end});
  append_note(out, stamp, "two\nlines");
  std::string at(stamp);
  EXPECT_EQ(out,
            at + " o whole\n" + at + " e+ piece\n" + at + " e+ quiet\n" + at + " o. last\n" + at + " - two lines\n");
}

TEST(TextFormat, Sizes_are_exact) {
  for (LineEnd end : {LineEnd::newline, LineEnd::cut, LineEnd::pause, LineEnd::stream_end}) {
    std::string out;
    Line line{"some text", end};
    append_record(out, stamp, Stream::out, line);
    EXPECT_EQ(out.size(), record_size(line));
  }
  std::string out;
  append_note(out, stamp, "some text");
  EXPECT_EQ(out.size(), note_size("some text"));
}

TEST(Visible, L3_control_characters_are_spelled_out) {
  std::string out;
  append_visible(out, "a\x1b[31m\x07\b\r\n\x7f\tz");
  EXPECT_EQ(out, "a\\x1b[31m\\x07\\x08\\r\\n\\x7f\tz");
}

TEST(Visible, L3_C1_bidirectional_controls_and_stray_bytes_are_spelled_out) {
  std::string out;
  append_visible(out, "\xc2\x9b|\xe2\x80\xae|\x9b|\xc3");
  EXPECT_EQ(out, "\\u009b|\\u202e|\\x9b|\\xc3");
}

TEST(Visible, L3_text_stays_text) {
  std::string out;
  append_visible(out, "grüße € 😀 日本");
  EXPECT_EQ(out, "grüße € 😀 日本");
}

TEST(Visible, L2_no_byte_gets_lost_or_through) {
  std::string all, out;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  append_visible(out, all);
  for (char c : out) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\t');
  EXPECT_EQ(out.substr(out.size() - 4), "\\xff");
}

}  // namespace
}  // namespace supd::log
