#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "units/base/error.hpp"
#include "units/base/exit_status.hpp"
#include "units/base/expand.hpp"
#include "units/base/glob.hpp"
#include "units/base/nearest.hpp"
#include "units/base/quantity.hpp"
#include "units/base/signal_names.hpp"
#include "units/base/spawn_failure.hpp"

namespace supd {
namespace {

TEST(Quantity, durations_round_trip) {
  for (std::string_view text : {"0s", "250ms", "5s", "2m", "1h", "1d", "1m30s", "1d2h3m4s5ms6us7ns"}) {
    auto length = parse_duration(text);
    ASSERT_TRUE(length) << text;
    EXPECT_EQ(duration_text(*length), text);
  }
  EXPECT_EQ(parse_duration("0"), Duration{0});
  for (std::string_view bad : {"", "5", "s", "-1s", "5 s", "5sec", "1.5s", "999999999999d", "1s2", "٣s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Quantity, sizes_round_trip) {
  for (std::string_view text : {"0", "513B", "64KiB", "10MB", "1GiB", "3TB"}) {
    auto bytes = parse_size(text);
    ASSERT_TRUE(bytes) << text;
    EXPECT_EQ(size_text(*bytes), text);
  }
  EXPECT_EQ(parse_size("4K"), 4096U);
  for (std::string_view bad : {"", "KiB", "-1", "1.5MB", "1XB", "99999999999999999999", "99999999TiB"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Quantity, long_deadlines_saturate) {
  EXPECT_EQ(Instant{1s} + Duration::max(), Instant::never());
  EXPECT_LT(Instant{1s} + 1h, Instant::never());
}

TEST(Signals, names_and_numbers) {
  EXPECT_EQ(signal_number("SIGTERM"), SIGTERM);
  EXPECT_EQ(signal_number("term"), SIGTERM);
  EXPECT_EQ(signal_number("15"), SIGTERM);
  EXPECT_EQ(signal_number("SIGRTMIN+3"), 37);
  EXPECT_EQ(signal_number("RTMAX-1"), 63);
  for (std::string_view bad : {"", "SIG", "SIGFOO", "0", "65", "-9", "SIGRTMIN+31", "SIGRTMIN-1"}) {
    EXPECT_FALSE(signal_number(bad)) << bad;
  }
  for (int i = 1; i <= 31; ++i) EXPECT_EQ(signal_number(signal_name(i)), i);
  for (int i = 34; i <= 64; ++i) EXPECT_EQ(signal_number(signal_name(i)), i);
}

TEST(Glob, matches_like_a_shell) {
  EXPECT_TRUE(glob_matches("web*", "web:1"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("w?b", "web"));
  EXPECT_TRUE(glob_matches("[a-c]x", "bx"));
  EXPECT_TRUE(glob_matches("[!a]x", "bx"));
  EXPECT_TRUE(glob_matches("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(glob_matches("[", "["));
  EXPECT_FALSE(glob_matches("web", "web1"));
  EXPECT_FALSE(glob_matches("[!a]x", "ax"));
  EXPECT_FALSE(glob_matches("a*b", "a"));
  EXPECT_FALSE(glob_matches(std::string(64, '*') + "b", std::string(5000, 'a'))) << "and in no time";
}

TEST(Nearest, finds_slips_and_nothing_else) {
  std::array<std::string_view, 3> words{"restart", "command", "enabled"};
  EXPECT_EQ(nearest("comand", words), "command");
  EXPECT_EQ(nearest("restrat", words), "restart");
  EXPECT_EQ(nearest("zebra", words), "");
  EXPECT_EQ(nearest(std::string(10000, 'x'), words), "");
}

/// What becomes of the text with A=1, EMPTY= and nothing else.
std::string expanded(std::string_view text) {
  auto result = expand(text, [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "A") return "1";
    if (name == "EMPTY") return "";
    return std::nullopt;
  });
  return result ? *result : "error: " + result.error().message;
}

TEST(Expand, references_and_nothing_else) {
  EXPECT_EQ(expanded("a ${A}${A} b"), "a 11 b");
  EXPECT_EQ(expanded("${A:-2} ${EMPTY:-2} ${B:-2} ${B:-} [${EMPTY}]"), "1 2 2  []");
  EXPECT_EQ(expanded("$A $ $$ % {A} $(A) $"), "$A $ $$ % {A} $(A) $");
  EXPECT_EQ(expanded("$${A} $$${A} x$${"), "${A} $${A} x${");
  EXPECT_EQ(expanded("${B:-a:-b $x}"), "a:-b $x");
}

TEST(Expand, what_it_does_not_take) {
  EXPECT_EQ(expanded("x${B}"), "error: variable B is not set");
  EXPECT_EQ(expanded("${A"), "error: '${A' is not ${NAME} or ${NAME:-default}");
  EXPECT_EQ(expanded("${A%%.*}"), "error: '${A%%.*}' is not ${NAME} or ${NAME:-default}");
  EXPECT_EQ(expanded("${}"), "error: '${}' is not ${NAME} or ${NAME:-default}");
  EXPECT_EQ(expanded("${1A:-x}"), "error: '${1A:-x}' is not ${NAME} or ${NAME:-default}");
}

TEST(Texts, exits_failures_and_errors_read_well) {
  EXPECT_EQ((ExitStatus{ExitStatus::exited, 3}.text()), "exited with 3");
  EXPECT_EQ((ExitStatus{ExitStatus::killed, SIGKILL}.text()), "killed by SIGKILL");
  EXPECT_EQ((ExitStatus{ExitStatus::dumped, SIGSEGV}.text()), "killed by SIGSEGV (core dumped)");
  EXPECT_EQ((SpawnFailure{SpawnStage::directory, ENOENT}.text()), "directory: No such file or directory");
  EXPECT_EQ(errno_error("open", "/x", EACCES).text(), "open /x: Permission denied");
}

}  // namespace
}  // namespace supd
