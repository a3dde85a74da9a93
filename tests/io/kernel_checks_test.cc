/// The checks of the kernel, on the kernel that runs the tests.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/ring.hpp"

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

/// A check that is content with any result checks nothing.
TEST_P(KernelCheck, notices_wrong_results) {
  if (GetParam().run().verdict != Verdict::pass) GTEST_SKIP() << "does not pass here";
  distort_completions([](Cqe& cqe) {
    cqe.res += cqe.res < 0 ? -1 : 2;
    return true;
  });
  const Outcome outcome = GetParam().run();
  distort_completions(nullptr);
  EXPECT_EQ(outcome.verdict, Verdict::fail);
  EXPECT_NE(outcome.detail, "");
}

INSTANTIATE_TEST_SUITE_P(Running, KernelCheck, testing::ValuesIn(quick_checks().begin(), quick_checks().end()),
                         test_name);

constexpr std::uint64_t nop_tag = 0x6e6f70;

Verdict verdict_of(std::string_view name) {
  const auto named = [&](const Check& check) { return check.name == name; };
  return std::ranges::find_if(quick_checks(), named)->run().verdict;
}

/// What the named check says of a kernel that behaves like `distortion`.
Verdict verdict_with(std::string_view name, Distortion distortion) {
  distort_completions(distortion);
  const Verdict verdict = verdict_of(name);
  distort_completions(nullptr);
  return verdict;
}

struct BrokenKernel : testing::Test {
  void SetUp() override {
    if (verdict_of("read-data") != Verdict::pass) GTEST_SKIP() << "multishot reads do not work here";
  }
};

TEST_F(BrokenKernel, that_stalls_behind_the_first_small_buffer_is_found_out) {
  static int reads;
  reads = 0;
  EXPECT_EQ(verdict_with("read-small-buffers", [](Cqe& cqe) { return cqe.tag == nop_tag || ++reads <= 1; }),
            Verdict::fail);
}

TEST_F(BrokenKernel, that_posts_eagain_for_a_wake_up_without_data_is_found_out) {
  static int nops;
  nops = 0;
  EXPECT_EQ(verdict_with("read-wake-without-data",
                         [](Cqe& cqe) {
                           if (cqe.tag == nop_tag && ++nops == 2) cqe = {31, -EAGAIN, 0};
                           return true;
                         }),
            Verdict::fail);
}

TEST_F(BrokenKernel, that_clamps_reads_to_the_first_buffer_is_found_out) {
  EXPECT_EQ(verdict_with("read-mixed-buffers",
                         [](Cqe& cqe) {
                           cqe.res = std::min(cqe.res, 8);
                           return true;
                         }),
            Verdict::fail);
}

TEST_F(BrokenKernel, that_takes_a_buffer_at_the_end_or_forgets_f_more_is_found_out) {
  const Distortion buffer_at_end = [](Cqe& cqe) {
    if (cqe.tag != nop_tag && cqe.res == 0) cqe.flags = IORING_CQE_F_BUFFER;
    return true;
  };
  const Distortion no_more = [](Cqe& cqe) {
    cqe.flags &= ~IORING_CQE_F_MORE;
    return true;
  };
  const Distortion no_buffer = [](Cqe& cqe) {
    cqe.flags &= ~IORING_CQE_F_BUFFER;
    return true;
  };
  EXPECT_EQ(verdict_with("read-eof", buffer_at_end), Verdict::fail);
  EXPECT_EQ(verdict_with("read-data", no_more), Verdict::fail);
  EXPECT_EQ(verdict_with("read-data", no_buffer), Verdict::fail);
}

TEST_F(BrokenKernel, that_never_tells_an_exit_does_not_hang_the_check) {
  const auto start = steady_clock::now();
  EXPECT_EQ(verdict_with("linked-exit", [](Cqe& cqe) { return cqe.tag == nop_tag; }), Verdict::fail);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
}

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
  // A few milliseconds; but whoever else uses the machine counts too.
  EXPECT_LT(times.at(2), std::chrono::milliseconds(250));
}

}  // namespace
}  // namespace supd::kernel
