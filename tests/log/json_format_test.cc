#include "daemon/log/format/json_format.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include <rapidjson/document.h>
#include "tests/log/support.hpp"
#include "units/base/base64.hpp"

namespace supd::log {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view stamp = "2026-11-23T13:26:21.123456Z";

std::string quoted(std::string_view bytes) {
  std::string out;
  append_json_string(out, bytes);
  return out;
}

TEST(JsonFormat, Is_one_object_per_line) {
  std::string out;
  append_json_record(out, stamp, "web", RunId{3}, Stream::out, {"listening", LineEnd::newline});
  append_json_record(out, stamp, "web", RunId{3}, Stream::err, {"wait", LineEnd::pause});
  append_json_record(out, stamp, "web", RunId{3}, Stream::err, {"", LineEnd::stream_end});
  append_json_note(out, stamp, "web", "two\nlines");
  EXPECT_EQ(out,
            R"({"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stdout","text":"listening"}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stderr","text":"wait","partial":true}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stderr","text":""}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","stream":"supd","text":"two\nlines"}
)");
}

TEST(JsonFormat, L2_in_names_what_is_no_UTF_8_is_replaced_byte_by_byte) {
  EXPECT_EQ(quoted("a\"b\\c\td\x01\x7f"), R"("a\"b\\c\td\u0001\u007f")");
  EXPECT_EQ(quoted("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(quoted("\xff"), "\"" + bad + "\"");
  EXPECT_EQ(quoted("\xe2\x82x"), "\"" + bad + bad + "x\"") << "cut short";
  EXPECT_EQ(quoted("\xc0\xaf"), "\"" + bad + bad + "\"") << "too long a form";
  EXPECT_EQ(quoted("\xed\xa0\x80"), "\"" + bad + bad + bad + "\"") << "a surrogate";
  EXPECT_EQ(quoted("\xf4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"") << "beyond U+10FFFF";
}

TEST(JsonFormat, L2_a_text_that_is_no_UTF_8_is_there_as_base_64) {
  std::string out;
  append_json_record(out, stamp, "web", RunId{3}, Stream::out, {"\xff\x00\n"sv, LineEnd::pause});
  append_json_note(out, stamp, "web", "\xff", RunId{4});
  EXPECT_EQ(
      out,
      R"({"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":3,"stream":"stdout","base64":"/wAK","partial":true}
{"time":"2026-11-23T13:26:21.123456Z","unit":"web","run":4,"stream":"supd","base64":"/w=="}
)");
}

TEST(JsonFormat, L2_L4_any_bytes_make_one_valid_line) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t i = random() % 60; i != 0; --i) text += static_cast<char>(random());
    std::string out;
    append_json_record(out, stamp, text, RunId{1}, Stream::out, {text, LineEnd::newline});
    ASSERT_EQ(out.find('\n'), out.size() - 1);
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseValidateEncodingFlag>(out.data(), out.size());
    ASSERT_FALSE(parsed.HasParseError()) << out;
    ASSERT_EQ(parsed.MemberCount(), 5U);
    if (parsed.HasMember("text")) {
      ASSERT_EQ(std::string_view(parsed["text"].GetString(), parsed["text"].GetStringLength()), text);
    } else {
      ASSERT_EQ(base64_decode(parsed["base64"].GetString()), text);
    }
  }
}

}  // namespace
}  // namespace supd::log
