#include "units/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace supd::proto {
namespace {

TEST(Utf8, well_formed_text_is_accepted) {
  std::vector<std::string> good{"",
                                "plain",
                                "\x7F",
                                "\xC2\x80",
                                "\xDF\xBF",
                                "\xE0\xA0\x80",
                                "\xED\x9F\xBF",
                                "\xEE\x80\x80",
                                "\xEF\xBF\xBF",
                                "\xF0\x90\x80\x80",
                                "\xF4\x8F\xBF\xBF"};
  for (const std::string& text : good) EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(text);
  EXPECT_TRUE(is_utf8(std::string(3, '\0')));
}

TEST(Utf8, every_kind_of_malformed_text_is_refused) {
  std::vector<std::string> bad{
      "\x80",              // a continuation alone
      "\xC0\xAF",          // overlong '/'
      "\xC1\xBF",          // overlong
      "\xE0\x9F\xBF",      // overlong in three bytes
      "\xF0\x8F\xBF\xBF",  // overlong in four
      "\xED\xA0\x80",      // a surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xF5\x80\x80\x80",  // no such lead
      "\xFF",              // no such byte
      "\xC3",              // cut off
      "\xE2\x82",          // cut off
      "\xF0\x9F\x98",      // cut off
      "\xC3(",             // no continuation
      "\xE2\x28\xA1",      // nor here
      "\xF0\x9F\x28\x80",  // nor here
  };
  for (const std::string& text : bad) EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Utf8, the_place_in_the_text_does_not_matter) {
  for (std::size_t before = 0; before < 20; ++before) {
    std::string front(before, 'x');
    EXPECT_EQ(valid_utf8_prefix(front + "\xFF tail that is long enough"), before);
    EXPECT_TRUE(is_utf8(front + "\xE2\x82\xAC tail that is long enough"));
  }
}

TEST(Utf8, replacing_keeps_the_good_and_marks_the_bad) {
  EXPECT_EQ(replace_invalid_utf8("gut \xC3\xA4"), "gut \xC3\xA4");
  EXPECT_EQ(replace_invalid_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(replace_invalid_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_TRUE(is_utf8(replace_invalid_utf8("\xED\xA0\x80\xF4\x90\x80\x80")));
}

}  // namespace
}  // namespace supd::proto
