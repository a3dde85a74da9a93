#include "daemon/process/orphans.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/io/engine.hpp"
#include "daemon/sys/clock.hpp"
#include "daemon/sys/subreaper.hpp"
#include "tests/sys/child.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using process::OrphanReaper;

class Orphans : public ::testing::TestWithParam<io::Engine> {
 protected:
  void SetUp() override {
    auto chosen = io::make_loop(GetParam());
    if (!chosen) GTEST_SKIP() << "this engine does not run here: " << chosen.error().text();
    loop_ = std::move(chosen->loop);
    ASSERT_TRUE(sys::become_subreaper());
    auto reaper = OrphanReaper::start(
        *loop_, [this](pid_t pid) { return supervised_.contains(pid); },
        [this](const sys::Reaped& reaped) { reaped_.push_back(reaped); });
    ASSERT_TRUE(reaper);
    reaper_ = std::move(*reaper);
  }

  /// Turns the loop until `done`; false: `patience` is over.
  template <class Condition>
  bool turn_until(Condition done, Duration patience = 10s) {
    Instant latest = sys::monotonic_now() + patience;
    while (!done()) {
      if (sys::monotonic_now() >= latest) return false;
      loop_->turn(latest);
    }
    return true;
  }
  void let_it_settle() {
    std::uint64_t before = reaper_->looks();
    reaper_->look_soon();
    ASSERT_TRUE(turn_until([&] { return reaper_->looks() > before; }));
  }

  /// A process that ends with `code`, as a child of ours that nobody waits for.
  static pid_t exit_with(const char* code) {
    std::vector<const char*> argv{test::inherited_program(), "exit", code, nullptr};
    auto spawned = sys::spawn(test::request_for(argv));
    EXPECT_TRUE(spawned);
    return spawned ? spawned->pid : 0;
  }
  static void wait_for_zombie(pid_t pid) {
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
  }

  std::unique_ptr<io::Loop> loop_;
  std::unique_ptr<OrphanReaper> reaper_;
  std::set<pid_t> supervised_;
  std::vector<sys::Reaped> reaped_;
};

TEST_P(Orphans, R2_what_is_not_supervised_is_reaped_within_a_second) {
  pid_t pid = exit_with("5");
  ASSERT_TRUE(turn_until([&] { return !reaped_.empty(); }, 1s));
  ASSERT_EQ(reaped_.size(), 1U);
  EXPECT_EQ(reaped_[0].pid, pid);
  EXPECT_EQ(reaped_[0].exit, (ExitStatus{ExitStatus::exited, 5}));
  EXPECT_EQ(reaper_->reaped(), 1U);
}

TEST_P(Orphans, R2_a_grandchild_whose_parent_died_is_reaped) {
  std::vector<const char*> argv{"/bin/sh", "-c", "(exit 9) & exec sleep 0", nullptr};
  auto spawned = sys::spawn(test::request_for(argv));
  ASSERT_TRUE(spawned);
  supervised_.insert(spawned->pid);
  // The shell turned into sleep(1), which never waits for the subshell: it becomes ours.
  wait_for_zombie(spawned->pid);
  ASSERT_TRUE(turn_until([&] { return !reaped_.empty(); }, 1s));
  EXPECT_EQ(reaped_[0].exit, (ExitStatus{ExitStatus::exited, 9}));
  EXPECT_TRUE(sys::peek_child(spawned->pid)) << "the supervised zombie stays";
  (void)test::wait_and_reap(spawned->pid);
}

TEST_P(Orphans, R1_a_pinned_zombie_hides_nobody) {
  pid_t pinned = exit_with("1");
  supervised_.insert(pinned);
  wait_for_zombie(pinned);
  std::set<pid_t> orphans;
  for (int i = 0; i < 20; ++i) orphans.insert(exit_with("2"));
  ASSERT_TRUE(turn_until([&] { return reaped_.size() == orphans.size(); }, 1s));
  for (const sys::Reaped& reaped : reaped_) EXPECT_TRUE(orphans.contains(reaped.pid));
  EXPECT_TRUE(sys::peek_child(pinned));
  EXPECT_EQ(test::wait_and_reap(pinned).exit, (ExitStatus{ExitStatus::exited, 1}));
}

TEST_P(Orphans, R1_a_storm_of_exits_is_few_wakeups) {
  constexpr std::size_t storm = 600;
  let_it_settle();
  std::uint64_t before = reaper_->looks();
  Instant start = sys::monotonic_now();
  for (std::size_t i = 0; i < storm; ++i) {
    (void)exit_with("0");
    loop_->turn(loop_->now());
  }
  ASSERT_TRUE(turn_until([&] { return reaped_.size() == storm; }, 1s)) << "none may be older than a second";
  auto elapsed = sys::monotonic_now() - start;
  auto most = static_cast<std::uint64_t>(elapsed / OrphanReaper::gather_time) + storm / 256 + 3;
  EXPECT_LE(reaper_->looks() - before, most);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_P(Orphans, idle_is_no_wakeups_with_and_without_children) {
  let_it_settle();
  std::uint64_t looks = reaper_->looks();
  loop_->turn(sys::monotonic_now() + 150ms);
  EXPECT_EQ(reaper_->looks(), looks) << "no children: no ECHILD spin";
  test::Waiting service;
  supervised_.insert(service.pid());
  loop_->turn(sys::monotonic_now() + 150ms);
  EXPECT_EQ(reaper_->looks(), looks);
  service.end();
}

TEST_P(Orphans, after_a_pinned_zombie_was_reaped_it_sleeps_again) {
  pid_t pinned = exit_with("1");
  supervised_.insert(pinned);
  wait_for_zombie(pinned);
  let_it_settle();
  (void)test::wait_and_reap(pinned);
  let_it_settle();
  ASSERT_TRUE(turn_until([&] { return loop_->stats().ops_in_flight <= 1; }, 1s));
  std::uint64_t looks = reaper_->looks();
  loop_->turn(sys::monotonic_now() + 150ms);
  EXPECT_EQ(reaper_->looks(), looks);
}

TEST_P(Orphans, can_be_taken_down_in_any_state) {
  (void)exit_with("0");
  loop_->turn(loop_->now());
  reaper_.reset();
  loop_->turn(sys::monotonic_now() + 50ms);
  EXPECT_TRUE(reaped_.empty());
  EXPECT_GT(::waitpid(-1, nullptr, 0), 0);
}

INSTANTIATE_TEST_SUITE_P(Engine, Orphans, ::testing::Values(io::Engine::uring, io::Engine::epoll),
                         [](const auto& on) { return on.param == io::Engine::uring ? "uring" : "epoll"; });

}  // namespace
}  // namespace supd
