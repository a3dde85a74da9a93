#include "ctl/parse.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace supd::ctl {
namespace {

std::expected<Parsed, ParseStop> parse(std::vector<const char*> words) { return parse_command_line(words); }

Parsed good(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  EXPECT_TRUE(parsed) << parsed.error().text;
  return parsed ? *parsed : Parsed{};
}

/// The message for a command line that must be refused.
std::string bad(std::vector<const char*> words) {
  auto parsed = parse(std::move(words));
  EXPECT_FALSE(parsed);
  if (parsed) return {};
  EXPECT_EQ(parsed.error().outcome, proto::Outcome::usage);
  return parsed.error().text;
}

TEST(CommandLine, global_options_stand_before_or_after_the_verb) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--socket", "/s", "-o", "json", "-q", "status", "web", "db"},
                                             {"status", "web", "db", "--socket", "/s", "-o", "json", "-q"},
                                             {"--socket=/s", "status", "web", "-ojson", "db", "--quiet"},
                                             {"-qo", "json", "status", "--socket", "/s", "web", "db"},
                                             {"status", "--output=json", "-q", "--socket=/s", "--", "web", "db"}}) {
    Parsed parsed = good(words);
    ASSERT_NE(parsed.verb, nullptr);
    EXPECT_EQ(parsed.verb->name, "status");
    EXPECT_EQ(parsed.options.socket, "/s");
    EXPECT_EQ(parsed.options.format, Format::json);
    EXPECT_TRUE(parsed.options.quiet);
    EXPECT_EQ(parsed.options.units, (std::vector<std::string>{"web", "db"}));
  }
}

TEST(CommandLine, a_value_is_not_taken_for_the_verb) {
  EXPECT_EQ(good({"--socket", "status", "stop", "web"}).verb->name, "stop");
}

TEST(CommandLine, the_socket_comes_from_the_option_the_environment_or_the_user) {
  ::setenv("SUPD_SOCKET", "/from/env", 1);
  EXPECT_EQ(good({"status"}).options.socket, "/from/env");
  EXPECT_EQ(good({"status", "--socket", "/s"}).options.socket, "/s");
  ::unsetenv("SUPD_SOCKET");
  EXPECT_EQ(good({"status"}).options.socket, default_socket_path());
}

TEST(CommandLine, options_of_verbs) {
  Options start = good({"start", "--no-wait", "--timeout", "1m30s", "@all"}).options;
  EXPECT_TRUE(start.no_wait);
  EXPECT_EQ(start.timeout, Duration(90s));
  Options logs = good({"logs", "-f", "-n", "5", "-o", "raw"}).options;
  EXPECT_TRUE(logs.follow);
  EXPECT_EQ(logs.lines, 5);
  EXPECT_EQ(logs.format, Format::raw);
  Options wait = good({"wait", "web", "--for", "stopped"}).options;
  EXPECT_EQ(wait.condition, "stopped");
  EXPECT_EQ(good({"wait", "web"}).options.condition, "ready");
  Options signal = good({"signal", "HUP", "web", "db"}).options;
  EXPECT_EQ(signal.signal, "HUP");
  EXPECT_EQ(signal.units.size(), 2U);
  Options show = good({"show", "web", "restart.delay"}).options;
  EXPECT_EQ(show.unit, "web");
  EXPECT_EQ(show.key, "restart.delay");
}

TEST(CommandLine, bad_usage_says_what_is_wrong) {
  EXPECT_NE(bad({"sttus"}).find("did you mean 'status'?"), std::string::npos);
  EXPECT_NE(bad({"start"}).find("UNIT is required"), std::string::npos);
  EXPECT_NE(bad({"start", "web", "--timeout", "5"}).find("'5' is not a duration"), std::string::npos);
  EXPECT_NE(bad({"status", "-o", "raw"}).find("'raw' is not text or json"), std::string::npos);
  EXPECT_NE(bad({"logs", "-n", "x"}).find("--lines"), std::string::npos);
  EXPECT_NE(bad({"wait", "web", "--for", "up"}).find("'up' is not ready, stopped or failed"), std::string::npos);
  EXPECT_NE(bad({"status", "--colour"}).find("--colour"), std::string::npos);
  EXPECT_NE(bad({"why"}).find("UNIT is required"), std::string::npos);
  EXPECT_NE(bad({"completion", "tcsh"}).find("'tcsh'"), std::string::npos);
  EXPECT_NE(bad({"-q"}).find("a verb is missing"), std::string::npos);
  EXPECT_NE(bad({}).find("Usage:"), std::string::npos);
  for (const char* run : {"x", "1.5", "", "9223372036854775808", "-1000001"}) {
    EXPECT_NE(bad({"logs", "--run", run}).find("is no run: write its number"), std::string::npos) << run;
  }
  EXPECT_NE(bad({"help", "lgs"}).find("did you mean 'logs'?"), std::string::npos);
}

TEST(CommandLine, help_of_a_verb_is_that_of_the_verb) {
  auto parsed = parse({"help", "logs"});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().outcome, proto::Outcome::done);
  EXPECT_NE(parsed.error().text.find("--since"), std::string::npos);
}

TEST(CommandLine, help_is_asked_for_in_each_place) {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"--help"}, {"-h"}, {"help"}, {"status", "--help"}, {"-q", "logs", "-h"}}) {
    auto parsed = parse(words);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().outcome, proto::Outcome::done);
    EXPECT_NE(parsed.error().text.find("Usage: supctl"), std::string::npos);
  }
}

}  // namespace
}  // namespace supd::ctl
