/// What a text may be made of (C2), and what is not TOML.

#include <gtest/gtest.h>

#include "config/text/utf8.hpp"
#include "tests/config/support.hpp"

namespace supd::config {
namespace {

using Texts = std::vector<std::string>;

TEST(Text, C2_percent_dollar_quotes_and_hash_come_through_as_they_are) {
  UnitSpec unit = unit_of(R"(command = ["/bin/date", "+%s %% %i", "$HOME ${X:-y} $$", "a\"b'c`d\\e", "#no"] # a comment
[env]
A = '%d $A "q" # \n'
)");
  EXPECT_EQ(unit.command, (Texts{"/bin/date", "+%s %% %i", "$HOME ${X:-y} $$", "a\"b'c`d\\e", "#no"}));
  EXPECT_EQ(unit.environment.values.at(0).second, "%d $A \"q\" # \\n");
}

TEST(Text, C2_a_byte_order_mark_is_passed_over_and_moves_no_column) {
  Loaded loaded = load_text("web.toml",
                            "\xEF\xBB\xBF"
                            "comand = \"x\"\n");
  EXPECT_EQ(render(loaded.diagnostics, false).substr(0, 55),
            "web.toml:1:1: error: comand: unknown key\n    1 | comand");
  EXPECT_EQ(unit_of("\xEF\xBB\xBF"
                    "command = \"x\"\n")
                .command,
            (Texts{"x"}));
}

TEST(Text, C2_lines_may_end_as_on_windows) {
  UnitSpec unit = unit_of("command = [\"x\"]\r\n[restart]\r\ndelay = \"1s\"\r\n");
  EXPECT_EQ(unit.restart.delay, 1s);
  EXPECT_EQ(complaints("command = [\"x\"]\r\n[restart]\r\ndelay = 1\r\n"),
            "web.toml:3:9: error: restart.delay: a duration needs a unit: 1 of what?\n"
            "    3 | delay = 1\n"
            "      |         ^\n"
            "  hint: write: delay = \"1s\"\n");
}

TEST(Text, letters_behind_a_line_that_goes_on_in_a_string) {
  EXPECT_EQ(unit_of("command = ['x', \"\"\"a\\\n  ä€\"\"\"]").command, (Texts{"x", "aä€"}));
  EXPECT_EQ(unit_of("command = ['x', \"\"\"a\"\"\"\"\", '''b'''']").command, (Texts{"x", "a\"\"", "b'"}));
}

TEST(Text, C2_a_NUL_byte) {
  EXPECT_EQ(complaints(std::string_view("command = \"x\"\n# a\0b\n", 20)),
            "web.toml:2:4: error: there is a NUL byte in the file\n"
            "    2 | # a?b\n"
            "      |    ^\n"
            "  hint: a unit file is text in UTF-8: remove the byte, or restore the file if it was damaged\n");
}

TEST(Text, C2_bytes_that_are_not_UTF8) {
  EXPECT_EQ(complaints("description = \"caf\xE9\"\n"),
            "web.toml:1:19: error: byte 0xe9 is not valid UTF-8\n"
            "    1 | description = \"caf?\"\n"
            "      |                   ^\n"
            "  hint: save the file in UTF-8, for example with: iconv -f latin1 -t utf-8\n");
}

TEST(Text, columns_count_characters) {
  EXPECT_EQ(complaints("command = [\"ä€😀\", 1]\n"),
            "web.toml:1:19: error: command: a string is wanted here, not an integer\n"
            "    1 | command = [\"ä€😀\", 1]\n"
            "      |                   ^\n"
            "  hint: write: command = [\"/usr/bin/program\", \"argument\"]\n");
}

TEST(Text, an_empty_file_is_a_unit_without_a_command) {
  EXPECT_EQ(complaints(""),
            "web.toml:1:1: error: command: the service has no command\n"
            "  hint: write: command = [\"/usr/bin/program\"], or kind = \"target\" for a unit without a process\n");
}

/// The library's own words are not ours to pin down; position and hint are.
TEST(Text, P7_what_is_not_TOML_has_a_place_and_a_hint) {
  struct Case {
    const char* text;
    const char* place;
    const char* hint;
  };
  for (const Case& c : {
           Case{"command = foo\n", "web.toml:1:", "text stands in quotes: key = \"value\""},
           Case{"command = /bin/x\n", "web.toml:1:", "text stands in quotes: key = \"value\""},
           Case{"command\n", "web.toml:1:", "write: key = value"},
           Case{"command =\n", "web.toml:1:", "write a value after the equals sign"},
           Case{"a = 1\n[restart\ndelay = 1\n", "web.toml:2:", "a table begins with its name in brackets: [restart]"},
           Case{"command = \"x\ny\"\n", "web.toml:1:",
                "a string ends with a quote on its own line; write \\\\ for a backslash, or use 'single quotes'"},
           Case{"enabled\u00A0= true\n", "web.toml:1:8: ",
                "only comments and text in quotes may have characters outside ASCII: type this one again"},
           Case{"ä = 1\n", "web.toml:1:1: ",
                "only comments and text in quotes may have characters outside ASCII: type this one again"},
           Case{"enabled = true\n[%x]\n", "web.toml:2:2: ", "a table begins with its name in brackets: [restart]"},
           Case{"command = [\"x\", }\n", "web.toml:1:", "see https://toml.io for how TOML is written"},
           Case{"enabled = true\nenabled = true\n", "web.toml:2:", "each key and each table stands once: remove one"},
       }) {
    std::string text = complaints(c.text);
    EXPECT_EQ(text.substr(0, std::string_view(c.place).size()), c.place) << text;
    EXPECT_NE(text.find(": error: not valid TOML: "), std::string::npos) << text;
    EXPECT_NE(text.find("  hint: " + std::string(c.hint) + "\n"), std::string::npos) << text;
  }
}

TEST(Text, UTF8_lengths) {
  EXPECT_EQ(character_length("a"), 1U);
  EXPECT_EQ(character_length("\xC2\x80"), 2U);
  EXPECT_EQ(character_length("\xE0\xA0\x80"), 3U);
  EXPECT_EQ(character_length("\xEF\xBF\xBF"), 3U);
  EXPECT_EQ(character_length("\xF4\x8F\xBF\xBF"), 4U);
  for (const char* bad : {"", "\x80", "\xC1\x80", "\xC2", "\xC2x", "\xE0\x9F\x80", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x8F\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(character_length(bad), 0U) << testing::PrintToString(std::string(bad));
  }
  EXPECT_EQ(first_invalid_byte("all of this is fine: ä€😀, and more of it"), std::string_view::npos);
  EXPECT_EQ(first_invalid_byte("12345678901234567890\xFF"), 20U);
  EXPECT_EQ(character_count("ä€😀x"), 4U);
}

}  // namespace
}  // namespace supd::config
