/// The command line and the environment of one-program mode.

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "daemon/single/option_table.hpp"
#include "daemon/single/options.hpp"

namespace supd::single {
namespace {

struct Line {
  explicit Line(const std::vector<std::string>& words) {
    words_.emplace_back("supd");
    for (const auto& word : words) words_.push_back(word);
    for (auto& word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
  }
  [[nodiscard]] int argc() const { return static_cast<int>(words_.size()); }
  [[nodiscard]] char** argv() { return argv_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> argv_;
};

bool is_requested(const std::vector<std::string>& words) {
  Line line(words);
  return requested(line.argc(), line.argv());
}

struct SingleOptions : testing::Test {
  ~SingleOptions() override {
    for (const OptionRow& row : option_table()) ::unsetenv(environment_name(row).c_str());
  }
  /// With "-- cmd" behind the words.
  Options good(std::vector<std::string> words) {
    for (const char* word : {"--", "cmd", "-c", "--"}) words.emplace_back(word);
    line_.emplace(words);
    auto options = parse(line_->argc(), line_->argv());
    EXPECT_TRUE(options) << options.error();
    return options.value_or(Options{});
  }
  static std::string wrong(std::vector<std::string> words) {
    for (const char* word : {"--", "cmd"}) words.emplace_back(word);
    Line line(words);
    auto options = parse(line.argc(), line.argv());
    return options ? "nothing" : options.error();
  }
  std::optional<Line> line_;
};

TEST_F(SingleOptions, are_asked_for_by_two_dashes_with_none_but_them_before) {
  EXPECT_TRUE(is_requested({"--", "cmd"}));
  EXPECT_TRUE(is_requested({"--"}));
  EXPECT_TRUE(
      is_requested({"-v", "-vv", "--verbose", "--single-child", "--rewrite", "1:2", "--rewrite=2:3", "--", "x"}));
  EXPECT_TRUE(is_requested({"--", "cmd", "-c", "dir"}));
  EXPECT_TRUE(is_requested({"--rewrite", "--", "cmd"}));  // a mistake, and of this mode
  EXPECT_TRUE(is_requested({"--single-child=yes", "--", "cmd"}));
}

TEST_F(SingleOptions, leave_everything_else_to_the_supervising_supd) {
  for (std::vector<std::string> words : {std::vector<std::string>{},
                                         {"-c", "dir"},
                                         {"-c", "dir", "--", "cmd"},
                                         {"-cdir", "--", "cmd"},
                                         {"--config", "dir", "--", "cmd"},
                                         {"--config=dir", "--", "cmd"},
                                         {"-v", "-c", "dir", "--", "cmd"},
                                         {"--check", "--", "dir"},
                                         {"--help", "--", "cmd"},
                                         {"--log-level", "debug", "--", "cmd"},
                                         {"dir", "--", "cmd"},
                                         {"-x", "--", "cmd"},
                                         {"-", "--", "cmd"},
                                         {"--single-child"},
                                         {"--singel-child", "--", "cmd"}}) {
    EXPECT_FALSE(is_requested(words)) << testing::PrintToString(words);
  }
}

TEST_F(SingleOptions, have_defaults) {
  Options options = good({});
  EXPECT_FALSE(options.single_child);
  EXPECT_EQ(options.pdeathsig, 0);
  EXPECT_EQ(options.grace, Duration{0});
  EXPECT_EQ(options.verbose, 0);
  for (int i = 1; i <= 64; ++i) EXPECT_EQ(options.rewrite[i], i);
  for (int i = 0; i <= 255; ++i) EXPECT_EQ(options.remap[i], i);
  EXPECT_STREQ(options.command[0], "cmd");
  EXPECT_STREQ(options.command[2], "--");
  EXPECT_EQ(options.command[3], nullptr);
}

TEST_F(SingleOptions, take_signals_by_number_and_by_name) {
  Options options = good({"--rewrite", "15:3", "--rewrite=hup:0,SIGINT:RTMIN+2", "--pdeathsig", "SIGTERM"});
  EXPECT_EQ(options.rewrite[SIGTERM], SIGQUIT);
  EXPECT_EQ(options.rewrite[SIGHUP], 0);
  EXPECT_EQ(options.rewrite[SIGINT], 36);
  EXPECT_EQ(options.rewrite[64], 64);
  EXPECT_EQ(options.pdeathsig, SIGTERM);
}

TEST_F(SingleOptions, take_exit_codes_times_and_flags) {
  Options options = good({"--remap-exit", "143:0,1:255", "--grace", "1m30s", "--single-child", "-vvv"});
  EXPECT_EQ(options.remap[143], 0);
  EXPECT_EQ(options.remap[1], 255);
  EXPECT_EQ(options.grace, 90s);
  EXPECT_TRUE(options.single_child);
  EXPECT_EQ(options.verbose, max_verbose);
}

TEST_F(SingleOptions, say_what_is_wrong_and_what_to_type) {
  EXPECT_EQ(wrong({"--rewrite", "15"}), "--rewrite: '15' is not FROM:TO; type for instance 15:3, TERM:QUIT or HUP:0");
  EXPECT_EQ(wrong({"--rewrite", "65:1"}), "--rewrite: there is no signal '65'");
  EXPECT_EQ(wrong({"--rewrite", "0:1"}), "--rewrite: there is no signal '0'");
  EXPECT_EQ(wrong({"--rewrite", "1:65"}), "--rewrite: there is no signal '65'");
  EXPECT_EQ(wrong({"--rewrite", "TREM:1"}), "--rewrite: there is no signal 'TREM'; did you mean SIGTERM?");
  EXPECT_EQ(wrong({"--rewrite", "9:1"}), "--rewrite: SIGKILL never comes to supd: it can't be rewritten");
  EXPECT_EQ(wrong({"--rewrite", "CHLD:1"}), "--rewrite: SIGCHLD is never passed on: it can't be rewritten");
  EXPECT_EQ(wrong({"--rewrite", "1:2", "--rewrite", "HUP:2"}), "--rewrite: SIGHUP is rewritten twice");
  EXPECT_EQ(wrong({"--rewrite", "1:2,"}), "--rewrite: '' is not FROM:TO; type for instance 15:3, TERM:QUIT or HUP:0");
  EXPECT_EQ(wrong({"--remap-exit", "256:0"}), "--remap-exit: '256' is no exit code: those are 0 to 255");
  EXPECT_EQ(wrong({"--remap-exit", "1:-1"}), "--remap-exit: '-1' is no exit code: those are 0 to 255");
  EXPECT_EQ(wrong({"--remap-exit", "1:0,1:0"}), "--remap-exit: exit code 1 is remapped twice");
  EXPECT_EQ(wrong({"--grace", "10"}), "--grace: '10' is no time; type for instance 10s, 500ms or 1m30s");
  EXPECT_EQ(wrong({"--rewrite"}), "--rewrite needs a value: --rewrite FROM:TO");
  EXPECT_EQ(wrong({"--single-child=1"}), "--single-child takes no value");
  EXPECT_EQ(wrong({"--grace", "\x1b[2J"}), "--grace: '\\x1b[2J' is no time; type for instance 10s, 500ms or 1m30s");
}

TEST_F(SingleOptions, need_a_command) {
  Line line({"-v", "--"});
  auto options = parse(line.argc(), line.argv());
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error(), "nothing stands behind --; type supd [OPTION]... -- COMMAND [ARGUMENT]...");
}

TEST_F(SingleOptions, pause_goes_without_a_command) {
  EXPECT_TRUE(is_requested({"--pause"}));
  EXPECT_TRUE(is_requested({"-v", "--pause", "--"}));
  EXPECT_FALSE(is_requested({"--pause", "-c", "dir"}));
  EXPECT_EQ(wrong({"--pause"}), "--pause runs no command; leave out one of the two");
  Line line({"--pause"});
  auto options = parse(line.argc(), line.argv());
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->pause);
  EXPECT_EQ(options->command, nullptr);
}

TEST_F(SingleOptions, come_from_the_environment_too) {
  ::setenv("SUPD_SINGLE_CHILD", "1", 1);
  ::setenv("SUPD_REWRITE", "15:3,1:0", 1);
  ::setenv("SUPD_REMAP_EXIT", "143:0", 1);
  ::setenv("SUPD_PDEATHSIG", "SIGTERM", 1);
  ::setenv("SUPD_VERBOSE", "2", 1);
  ::setenv("SUPD_GRACE", "5s", 1);
  Options options = good({});
  EXPECT_TRUE(options.single_child);
  EXPECT_EQ(options.rewrite[SIGTERM], SIGQUIT);
  EXPECT_EQ(options.rewrite[SIGHUP], 0);
  EXPECT_EQ(options.remap[143], 0);
  EXPECT_EQ(options.pdeathsig, SIGTERM);
  EXPECT_EQ(options.verbose, 2);
  EXPECT_EQ(options.grace, 5s);
}

TEST_F(SingleOptions, of_the_command_line_beat_the_environment) {
  ::setenv("SUPD_REWRITE", "15:3,bad", 1);
  ::setenv("SUPD_VERBOSE", "2", 1);
  ::setenv("SUPD_GRACE", "", 1);
  Options options = good({"--rewrite", "1:0", "-v"});
  EXPECT_EQ(options.rewrite[SIGTERM], SIGTERM);
  EXPECT_EQ(options.rewrite[SIGHUP], 0);
  EXPECT_EQ(options.verbose, 1);
  EXPECT_EQ(options.grace, Duration{0});
}

TEST_F(SingleOptions, of_the_environment_are_checked_as_well) {
  ::setenv("SUPD_SINGLE_CHILD", "yes", 1);
  EXPECT_EQ(wrong({}), "in the environment, SUPD_SINGLE_CHILD: 'yes' is neither 0 nor 1");
  ::setenv("SUPD_SINGLE_CHILD", "0", 1);
  ::setenv("SUPD_VERBOSE", "3", 1);
  EXPECT_EQ(wrong({}), "in the environment, SUPD_VERBOSE: '3' is not 0, 1 or 2");
}

}  // namespace
}  // namespace supd::single
