/// The checks of the kernel, on the kernel that runs the tests.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "daemon/io/kernel/check.hpp"

namespace supd::kernel {
namespace {

using std::chrono::steady_clock;

struct KernelCheck : testing::TestWithParam<Check> {};

std::string test_name(const testing::TestParamInfo<Check>& info) {
  std::string name(info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::size_t open_descriptors() {
  std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST_P(KernelCheck, passes_or_is_not_supported) {
  const Outcome outcome = GetParam().run();
  if (outcome.verdict == Verdict::not_supported) GTEST_SKIP() << outcome.detail;
  EXPECT_EQ(outcome.detail, "");
  EXPECT_EQ(outcome.verdict, Verdict::pass);
}

TEST_P(KernelCheck, leaves_nothing_behind) {
  const std::size_t before = open_descriptors();
  GetParam().run();
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(has_children());
}

TEST_P(KernelCheck, does_not_mind_that_sigchld_is_ignored) {
  const Verdict usual = GetParam().run().verdict;
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGCHLD, &ignore, &before);
  const Outcome outcome = GetParam().run();
  struct sigaction after {};
  ::sigaction(SIGCHLD, &before, &after);
  EXPECT_EQ(outcome.verdict, usual) << outcome.detail;
  EXPECT_EQ(after.sa_handler, SIG_IGN);
}

INSTANTIATE_TEST_SUITE_P(Running, KernelCheck, testing::ValuesIn(quick_checks().begin(), quick_checks().end()),
                         test_name);

TEST(KernelChecks, have_names_and_say_what_they_expect) {
  std::set<std::string_view> names;
  for (const Check& check : quick_checks()) {
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
    EXPECT_FALSE(check.what.empty()) << check.name;
    EXPECT_EQ(check.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), check.name.npos) << check.name;
  }
}

TEST(KernelChecks, the_vital_ones_take_no_time) {
  std::vector<steady_clock::duration> times;
  for (int round = 0; round < 5; ++round) {
    const auto start = steady_clock::now();
    for (const Check& check : quick_checks()) {
      if (check.need == Need::vital) check.run();
    }
    times.push_back(steady_clock::now() - start);
  }
  std::ranges::nth_element(times, times.begin() + 2);
  EXPECT_LT(times.at(2), std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace supd::kernel
