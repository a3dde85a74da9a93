#include "ctl/text/visible.hpp"

#include <gtest/gtest.h>

namespace supd::ctl {
namespace {

TEST(Visible, plain_text_tabs_and_utf8_stay) {
  EXPECT_EQ(visible("a b\tc ~ äöü € 日本 🙂"), "a b\tc ~ äöü € 日本 🙂");
  EXPECT_EQ(visible(""), "");
}

TEST(Visible, L3_what_a_terminal_obeys_is_spelled_out) {
  EXPECT_EQ(visible("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(visible("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(visible("over\rwritten\b\b"), "over\\rwritten\\x08\\x08");
  EXPECT_EQ(visible("\x7f"), "\\x7f");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m"),
            "\\u009b31m");  // CSI as one C1 character
}

TEST(Visible, L4_a_line_stays_one_line_in_its_order) {
  EXPECT_EQ(visible("a\nb"), "a\\nb");
  EXPECT_EQ(visible("a\xe2\x80\xa8"
                    "b"),
            "a\\u2028b");
  EXPECT_EQ(visible("\xe2\x80\xae"
                    "desrever"),
            "\\u202edesrever");
}

TEST(Visible, L2_bytes_that_are_not_utf8_are_shown_one_by_one) {
  EXPECT_EQ(visible("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(visible("\xc3"), "\\xc3");                             // cut short
  EXPECT_EQ(visible("\xc0\x80"), "\\xc0\\x80");                    // overlong
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(visible(std::string_view("\0", 1)), "\\x00");
}

TEST(Visible, every_byte_gives_only_printable_bytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (char c : visible(all)) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\t') << static_cast<int>(c);
}

TEST(Visible, json_keeps_its_meaning) {
  std::string out;
  append_visible_json(out, "{\"text\":\"\xc2\x9b ü \x7f \xe2\x80\xae \\u001b\"}");
  EXPECT_EQ(out, "{\"text\":\"\\u009b ü \\u007f \\u202e \\u001b\"}");
}

TEST(Visible, widths) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("äöü"), 3U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // combining accent
}

TEST(Visible, clipping_never_splits_a_character) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 4), "abc…");
  EXPECT_EQ(clipped("日本語", 4), "日…");
  EXPECT_EQ(clipped("äöüß", 3), "äö…");
  EXPECT_EQ(clipped("abc", 1), "…");
  EXPECT_EQ(clipped("abc", 0), "");
}

}  // namespace
}  // namespace supd::ctl
