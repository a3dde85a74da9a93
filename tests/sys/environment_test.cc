#include "daemon/process/environment.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace supd {
namespace {

using process::Environment;

std::vector<std::string> texts(const char* const* entries) {
  std::vector<std::string> all;
  for (; *entries != nullptr; ++entries) all.emplace_back(*entries);
  return all;
}

std::string at_pid() { return "@" + std::to_string(::getpid()); }

TEST(Environment, later_sources_win_and_the_run_comes_last) {
  std::array<const char*, 5> inherited{"A=inherited", "HOME=/root", "B=2", "C=", nullptr};
  EnvironmentSpec spec;
  spec.values = {{"A", "file"}, {"A", "unit"}, {"SHELL", "/bin/mine"}};
  RunAsSpec who;
  who.set_uid = true;
  who.user = "www";
  who.home = "/srv";
  who.shell = "/bin/sh";
  Environment environment("web", spec, who, inherited.data());
  EXPECT_EQ(texts(environment.for_run(RunId{7})),
            (std::vector<std::string>{"B=2", "C=", "A=unit", "HOME=/srv", "LOGNAME=www", "SHELL=/bin/mine",
                                      "SUPD_UNIT=web", "USER=www", "SUPD_RUN=web#7" + at_pid()}));
}

TEST(Environment, inherits_only_what_the_unit_names) {
  std::array<const char*, 4> inherited{"A=1", "AB=2", "B=3", nullptr};
  EnvironmentSpec spec;
  spec.inherit_all = false;
  spec.inherit = {"AB", "MISSING"};
  Environment environment("web", spec, {}, inherited.data());
  EXPECT_EQ(texts(environment.for_run(RunId{1})).front(), "AB=2");
  EXPECT_EQ(texts(environment.for_run(RunId{1})).size(), 3U);
}

TEST(Environment, what_was_said_to_supd_alone_is_not_passed_on) {
  std::array<const char*, 9> inherited{"NOTIFY_SOCKET=/run/x",
                                       "LISTEN_FDS=2",
                                       "LISTEN_PID=1",
                                       "WATCHDOG_USEC=5",
                                       "SUPD_RUN=outer#1@2",
                                       "SUPD_UNIT=outer",
                                       "no variable",
                                       "=odd",
                                       nullptr};
  Environment environment("web", {}, {}, inherited.data());
  EXPECT_EQ(texts(environment.for_run(RunId{1})),
            (std::vector<std::string>{"SUPD_UNIT=web", "SUPD_RUN=web#1" + at_pid()}));
  EnvironmentSpec own;
  own.values = {{"NOTIFY_SOCKET", "/run/mine"}, {"SUPD_RUN", "forged"}, {"SUPD_UNIT", "forged"}};
  Environment with_own("web", own, {}, inherited.data());
  EXPECT_EQ(texts(with_own.for_run(RunId{1})),
            (std::vector<std::string>{"NOTIFY_SOCKET=/run/mine", "SUPD_UNIT=web", "SUPD_RUN=web#1" + at_pid()}));
}

TEST(Environment, each_run_is_written_in_place_at_any_length) {
  Environment environment("web", {}, {}, nullptr);
  for (std::uint64_t run : {UINT64_MAX, std::uint64_t{1}, std::uint64_t{99}, UINT64_MAX, std::uint64_t{0}}) {
    auto entries = texts(environment.for_run(RunId{run}));
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1], "SUPD_RUN=" + process::run_marker("web", RunId{run}));
    EXPECT_EQ(entries[0], "SUPD_UNIT=web");
  }
}

TEST(Environment, commands_are_searched_in_the_units_own_path) {
  std::array<const char*, 2> inherited{"PATH=/inherited", nullptr};
  EnvironmentSpec spec;
  EXPECT_STREQ(Environment("web", spec, {}, inherited.data()).search_path(), "/inherited");
  spec.values = {{"PATH", "/own"}};
  EXPECT_STREQ(Environment("web", spec, {}, inherited.data()).search_path(), "/own");
  EXPECT_NE(std::string(Environment("web", {}, {}, nullptr).search_path()).find("/usr/bin"), std::string::npos);
}

}  // namespace
}  // namespace supd
