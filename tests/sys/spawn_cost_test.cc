/// What a spawn costs must not depend on how much supd has open or holds in memory. The figures are
/// printed; the bounds are loose, because the machine is shared.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "daemon/sys/clock.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/spawn.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

/// The tenth percentile of a few hundred, microseconds, spawn() alone: what else the machine does at the
/// time shows in the others.
double spawn_cost() {
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  std::vector<double> costs;
  for (int i = 0; i < 301; ++i) {
    Instant before = sys::monotonic_now();
    auto spawned = sys::spawn(test::request_for(argv));
    costs.push_back(static_cast<double>((sys::monotonic_now() - before).count()) / 1000.0);
    EXPECT_TRUE(spawned);
    if (spawned) (void)test::wait_and_reap(spawned->pid);
  }
  std::ranges::nth_element(costs, costs.begin() + 30);
  return costs[30];
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool real_costs = false;
#else
constexpr bool real_costs = true;
#endif

TEST(SpawnCost, is_flat_in_the_number_of_open_fds) {
  if (!real_costs) GTEST_SKIP() << "a sanitizer's costs are its own: run the tests of a plain build";
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  std::size_t many = std::min<std::size_t>(5000, limit.rlim_cur - 100);
  if (many < 2000) GTEST_SKIP() << "RLIMIT_NOFILE is too low: raise it with ulimit -n 6000";
  if (!sys::close_range_available()) GTEST_SKIP() << "no close_range(2) on this kernel: every spawn copies the table";
  double few_cost = spawn_cost();
  std::vector<sys::UniqueFd> open;
  while (open.size() < many) open.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  double many_cost = spawn_cost();
  std::printf("spawn: %.1f us with few fds, %.1f us with %zu\n", few_cost, many_cost, many);
  EXPECT_LT(many_cost, 3 * few_cost);
}

TEST(SpawnCost, is_flat_in_the_size_of_our_memory) {
  if (!real_costs) GTEST_SKIP() << "a sanitizer's costs are its own: run the tests of a plain build";
  double small_cost = spawn_cost();
  std::vector<char> memory(100U << 20, 'x');
  double large_cost = spawn_cost();
  std::printf("spawn: %.1f us, %.1f us with %zu MB resident\n", small_cost, large_cost, memory.size() >> 20);
  EXPECT_LT(large_cost, 3 * small_cost);
}

}  // namespace
}  // namespace supd
