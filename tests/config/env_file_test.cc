#include "config/load/env_file.hpp"

#include <gtest/gtest.h>

#include "tests/config/support.hpp"

namespace supd::config {
namespace {

/// All variables as NAME=[VALUE] lines, then all complaints.
std::string outcome(std::string_view text) {
  Source source("/etc/default/web", text);
  DiagnosticList list;
  Problems problems(source, list);
  Variables variables;
  read_env_text(problems, variables);
  std::string out;
  for (const auto& [name, value, at] : variables) out += name + "=[" + value + "]\n";
  return out + render(list.kept, false);
}

TEST(EnvFile, lines_comments_quotes) {
  EXPECT_EQ(
      outcome(
          "# comment\n; comment\n\nA=1\n  B = two words \nexport C=3\nD=\nE='a \"b\" # c'\nF=\"g\\\"h\\\\i\\$j\\n\"\n"),
      "A=[1]\nC=[3]\nD=[]\nE=[a \"b\" # c]\nF=[g\"h\\i$j\\n]\n"
      "/etc/default/web:5:3: error: \"B \" can't be the name of a variable\n"
      "    5 |   B = two words \n"
      "      |   ^\n"
      "  hint: use letters, digits and _, with no digit in front\n");
}

TEST(EnvFile, C2_percent_dollar_hash_BOM_CRLF_and_a_last_line_without_end) {
  EXPECT_EQ(outcome("\xEF\xBB\xBF"
                    "A=%s $HOME ${X} #no comment\r\nB=x"),
            "A=[%s $HOME ${X} #no comment]\nB=[x]\n");
}

TEST(EnvFile, each_bad_line_is_noted) {
  EXPECT_EQ(outcome("A\n1=2\nB=\"x\nC='x' y\nD=ok\n"),
            "D=[ok]\n"
            "/etc/default/web:1:1: error: there is no = in the line\n"
            "    1 | A\n"
            "      | ^\n"
            "  hint: write NAME=VALUE, or # in front of a comment\n"
            "/etc/default/web:2:1: error: \"1\" can't be the name of a variable\n"
            "    2 | 1=2\n"
            "      | ^\n"
            "  hint: use letters, digits and _, with no digit in front\n"
            "/etc/default/web:3:1: error: the quotes of the value do not match\n"
            "    3 | B=\"x\n"
            "      | ^\n"
            "  hint: write NAME=\"VALUE\", and nothing behind the quote\n"
            "/etc/default/web:4:1: error: the quotes of the value do not match\n"
            "    4 | C='x' y\n"
            "      | ^\n"
            "  hint: write NAME=\"VALUE\", and nothing behind the quote\n");
}

TEST(EnvFile, no_text_and_too_long_a_variable) {
  EXPECT_EQ(outcome(std::string_view("A=1\nB=\0x\n", 9)),
            "/etc/default/web:2:3: error: the file is not text in UTF-8\n"
            "    2 | B=?x\n"
            "      |   ^\n"
            "  hint: save it as text in UTF-8\n");
  std::string text = outcome("A=" + std::string(131'071, 'x') + "\n");
  EXPECT_NE(text.find("error: the variable is longer than the kernel takes"), std::string::npos);
  EXPECT_EQ(outcome("A=" + std::string(131'069, 'x') + "\n").size(), 131'069 + 5U);
}

TEST(EnvFile, files_come_first_later_ones_win_and_env_beats_them) {
  FakeHost host;
  host.files["/a"] = "X=a\nY=a\nZ=a\n";
  host.files["/b"] = "Y=b\nZ=b\n";
  UnitSpec unit =
      unit_of("command = [\"x\"]\n[environment]\nfiles = [\"/a\", \"-/b\", \"-/none\"]\n[env]\nZ = \"env\"\n", host);
  EXPECT_EQ(unit.environment.values,
            (std::vector<std::pair<std::string, std::string>>{{"X", "a"}, {"Y", "b"}, {"Z", "env"}}));
  EXPECT_EQ(unit.environment.files, (std::vector<std::string>{"/a", "-/b", "-/none"}));
}

TEST(EnvFile, a_missing_file_and_a_bad_one_are_errors_with_their_places) {
  FakeHost host;
  host.files["/bad"] = "X=1\nnonsense\n";
  Loaded loaded =
      load_text("web.toml", "command = [\"x\"]\nlog.to = 1\nenvironment.files = [\"/none\", \"/bad\"]\n", host);
  EXPECT_EQ(render(loaded.diagnostics, false),
            "web.toml:2:10: error: log.to: a list is wanted here, not an integer\n"
            "    2 | log.to = 1\n"
            "      |          ^\n"
            "  hint: write: to = [\"file\", \"memory\"]\n"
            "web.toml:3:21: error: environment.files: open /none: No such file or directory\n"
            "    3 | environment.files = [\"/none\", \"/bad\"]\n"
            "      |                     ^\n"
            "  hint: write \"-/none\" if the file may be missing\n"
            "/bad:2:1: error: there is no = in the line\n"
            "    2 | nonsense\n"
            "      | ^\n"
            "  hint: write NAME=VALUE, or # in front of a comment\n");
}

}  // namespace
}  // namespace supd::config
