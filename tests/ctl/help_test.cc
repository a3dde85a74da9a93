/// What is listed in more than one place is held against its one table here.

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "ctl/parse.hpp"
#include "tests/ctl/program.hpp"

namespace supd::ctl {
namespace {

std::string file_text(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void expect_exit_codes(const std::string& text) {
  for (const proto::OutcomeInfo& info : proto::outcome_table) {
    std::string line = std::to_string(static_cast<int>(info.outcome)) + "  " + std::string(info.meaning) + "\n";
    EXPECT_TRUE(has(text, line)) << line << text;
  }
}

TEST(Help, names_every_verb_and_every_exit_code) {
  std::string text = general_help();
  for (const Verb& verb : verb_table()) {
    EXPECT_TRUE(has(text, "\n  " + std::string(verb.name))) << verb.name;
    EXPECT_TRUE(has(text, std::string(verb.summary))) << verb.name;
  }
  expect_exit_codes(text);
}

TEST(Help, of_each_verb_names_its_options_and_every_exit_code) {
  for (const Verb& verb : verb_table()) {
    std::string text = verb_help(verb);
    for (const OptionName& option : option_names(verb)) EXPECT_TRUE(has(text, option.spelling)) << verb.name;
    expect_exit_codes(text);
  }
}

TEST(Help, of_logs_fits_80_columns) {
  std::istringstream lines(verb_help(*find_verb("logs")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Help, lines_fit_a_terminal_of_100_columns) {
  std::istringstream lines(general_help());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(ManPage, names_every_verb_option_and_exit_code) {
  std::string page = file_text(SUPCTL_MAN_PAGE);
  ASSERT_FALSE(page.empty()) << SUPCTL_MAN_PAGE;
  for (const Verb& verb : verb_table()) {
    EXPECT_TRUE(has(page, "\n.It Cm " + std::string(verb.name))) << verb.name;
    for (const OptionName& option : option_names(verb)) {
      EXPECT_TRUE(has(page, "Fl " + option.spelling.substr(1)) || has(page, ", " + option.spelling.substr(1)))
          << verb.name << " " << option.spelling;
    }
  }
  for (const proto::OutcomeInfo& info : proto::outcome_table) {
    std::string item =
        ".It " + std::to_string(static_cast<int>(info.outcome)) + "\n" + std::string(info.meaning) + "\n";
    EXPECT_TRUE(has(page, item)) << item;
  }
}

class Completion : public testing::TestWithParam<const char*> {};

TEST_P(Completion, mentions_every_verb_and_its_options) {
  test::Ended run = test::run_supctl({.words = {"completion", GetParam()}});
  EXPECT_EQ(run.code, 0);
  bool fish = std::string(GetParam()) == "fish";
  for (const Verb& verb : verb_table()) {
    std::string name(verb.name);
    EXPECT_TRUE(has(run.out, fish ? " -a " + name + " " : "    " + name + ")\n")) << name;
    for (const OptionName& option : option_names(verb)) {
      std::string bare = option.spelling.substr(option.spelling.starts_with("--") ? 2 : 1);
      EXPECT_TRUE(has(run.out, fish ? " " + bare + " " : option.spelling)) << name << option.spelling;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shells, Completion, testing::Values("bash", "zsh", "fish"));

TEST(CompletionScript, the_bash_script_completes_verbs_options_and_values) {
  test::Ended script = test::run_supctl({.words = {"completion", "bash"}});
  std::string program = script.out +
                        "try() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _supctl; echo \"${COMPREPLY[*]}\"; }\n" +
                        "try supctl sta\ntry supctl --socket start st\ntry supctl -q logs --fo\ntry supctl completion "
                        "z\ntry supctl schema s\n";
  std::string path = testing::TempDir() + "supctl-completion-" + std::to_string(::getpid());
  std::ofstream(path) << program;
  FILE* shell = ::popen(("bash " + path).c_str(), "r");
  ASSERT_NE(shell, nullptr);
  std::string out;
  for (int c = std::fgetc(shell); c != EOF; c = std::fgetc(shell)) out += static_cast<char>(c);
  EXPECT_EQ(::pclose(shell), 0);
  ::unlink(path.c_str());
  EXPECT_EQ(out, "status start\nstatus start stop\n--follow\nzsh\nsupd\n");
}

}  // namespace
}  // namespace supd::ctl
