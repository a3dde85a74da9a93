#include "config/text/shell_words.hpp"

#include <gtest/gtest.h>

namespace supd::config {
namespace {

using Words = std::vector<std::string>;

Words words(std::string_view text) {
  ShellWords split = split_shell_words(text);
  EXPECT_EQ(split.problem, "") << text;
  return split.words;
}

TEST(ShellWords, blanks_separate) {
  EXPECT_EQ(words("a b\tc\nd"), (Words{"a", "b", "c", "d"}));
  EXPECT_EQ(words("  a   b  "), (Words{"a", "b"}));
  EXPECT_EQ(words(""), (Words{}));
  EXPECT_EQ(words(" \t "), (Words{}));
}

TEST(ShellWords, quotes_keep_what_is_in_them) {
  EXPECT_EQ(words("'a b' \"c d\""), (Words{"a b", "c d"}));
  EXPECT_EQ(words("a'b c'd\"e f\"g"), (Words{"ab cde fg"}));
  EXPECT_EQ(words("'' \"\" x''"), (Words{"", "", "x"}));
  EXPECT_EQ(words("'a\"b' \"a'b\""), (Words{"a\"b", "a'b"}));
  EXPECT_EQ(words("'a\\b'"), (Words{"a\\b"}));
}

TEST(ShellWords, backslashes) {
  EXPECT_EQ(words("a\\ b \\'c \\\\"), (Words{"a b", "'c", "\\"}));
  EXPECT_EQ(words("\"a\\\"b\\\\c\\$d\\`e\\nf\""), (Words{"a\"b\\c$d`e\\nf"}));
  EXPECT_EQ(words("a\\\nb \"c\\\nd\""), (Words{"ab", "cd"}));
}

TEST(ShellWords, nothing_is_expanded_and_special_characters_are_named_once) {
  ShellWords split = split_shell_words("a $HOME | b > c & d; e `f` *.x ~ #g $X");
  EXPECT_EQ(split.words, (Words{"a", "$HOME", "|", "b", ">", "c", "&", "d;", "e", "`f`", "*.x", "~", "#g", "$X"}));
  EXPECT_EQ(split.special, "$|>&;`*~#");
  EXPECT_EQ(split_shell_words("'$HOME | b' a#b a~ \\$x \"a;b\" x=1").special, "");
  EXPECT_EQ(split_shell_words("\"$HOME\"").special, "$");
}

TEST(ShellWords, what_is_not_closed) {
  EXPECT_EQ(split_shell_words("a 'b").problem, "a single quote (') is not closed");
  EXPECT_EQ(split_shell_words("a \"b").problem, "a double quote (\") is not closed");
  EXPECT_EQ(split_shell_words("a \"b\\").problem, "a double quote (\") is not closed");
  EXPECT_EQ(split_shell_words("a \"b\\\"").problem, "a double quote (\") is not closed");
  EXPECT_EQ(split_shell_words("a \\").problem, "there is nothing behind the last backslash");
}

}  // namespace
}  // namespace supd::config
