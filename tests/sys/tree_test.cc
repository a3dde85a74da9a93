#include "daemon/process/tree.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>

#include "daemon/process/environment.hpp"
#include "daemon/sys/clock.hpp"
#include "daemon/sys/subreaper.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using process::Attribution;
using process::ProcessTree;

constexpr Duration patience = 20s;

/// One family of processes as a run of a unit "web", with a cgroup or without.
class Family {
 public:
  Family(StopScope scope, bool with_cgroup, const std::vector<const char*>& arguments, bool with_marker = true) {
    EXPECT_TRUE(sys::become_subreaper());
    if (with_cgroup) make_cgroup();
    tree_.emplace("web", RunId{7}, scope, cgroup_ ? &*cgroup_ : nullptr, attribution_);
    start(arguments, with_marker);
  }
  ~Family() {
    EXPECT_TRUE(end()) << "the family outlived its test";
    tree_.reset();
    if (!cgroup_) return;
    EXPECT_TRUE(cgroups_->remove(*cgroup_));
    EXPECT_TRUE(cgroups_->remove());
  }

  ProcessTree& tree() { return *tree_; }
  [[nodiscard]] bool usable() const { return usable_; }

  /// Waits for the leader's end; it stays a zombie.
  void wait_for_leader() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(child_.pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    tree_->leader_exited();
  }
  ExitStatus reap_leader() {
    auto reaped = sys::reap(child_.pid);
    tree_->leader_reaped();
    leader_reaped_ = true;
    return reaped && *reaped ? (*reaped)->exit : ExitStatus{};
  }

  /// As supd does it after SIGKILL: reap orphans, look, and kill again as long as something lives.
  bool end() {
    if (child_.pid == 0) return true;
    Instant latest = sys::monotonic_now() + patience;
    while (!(is_done() && tree_->gone())) {
      if (sys::monotonic_now() > latest) return false;
      (void)tree_->signal(SIGKILL);
      if (!leader_reaped_ && sys::peek_child(child_.pid)) tree_->leader_exited();
      reap_orphans();
    }
    if (!leader_reaped_) (void)reap_leader();
    reap_orphans();
    return true;
  }

  void reap_orphans() {
    auto children = sys::own_children();
    ASSERT_TRUE(children);
    for (pid_t pid : *children) {
      if (leader_reaped_ || pid != child_.pid) (void)sys::reap(pid);
    }
  }

  [[nodiscard]] std::size_t alive() { return attribution_.processes_of(RunId{7})->size(); }

 private:
  bool is_done() { return leader_reaped_ || sys::peek_child(child_.pid).has_value(); }

  void make_cgroup() {
    auto made = sys::CgroupTree::create();
    usable_ = made.has_value();
    if (!made) return;
    cgroups_.emplace(std::move(*made));
    cgroup_.emplace(*cgroups_->unit("web"));
  }

  void start(const std::vector<const char*>& arguments, bool with_marker) {
    if (!usable_) return;
    std::vector<const char*> argv{FAMILY_PROGRAM};
    for (const char* argument : arguments) argv.push_back(argument);
    argv.push_back(nullptr);
    std::string marker = std::string(process::run_variable) + "=" + process::run_marker("web", RunId{7});
    std::array<const char*, 2> environment{with_marker ? marker.c_str() : nullptr, nullptr};
    test::Pipe output = test::make_pipe();
    sys::SpawnRequest request = test::request_for(argv);
    request.envp = environment.data();
    request.stdout_fd = output.write_end.get();
    sys::UniqueFd directory;
    if (cgroup_) directory = cgroup_->open_directory().value();
    request.cgroup = directory.borrow();
    auto spawned = sys::spawn(request);
    output.write_end.reset();
    ASSERT_TRUE(spawned) << spawned.error().text();
    child_ = std::move(*spawned);
    tree_->leader_started(child_.pid, child_.pidfd.borrow());
    char up = 0;
    ASSERT_EQ(::read(output.read_end.get(), &up, 1), 1);
  }

  Attribution attribution_;
  std::optional<sys::CgroupTree> cgroups_;
  std::optional<sys::UnitCgroup> cgroup_;
  std::optional<ProcessTree> tree_;
  sys::Spawned child_;
  bool usable_ = true;
  bool leader_reaped_ = false;
};

/// For scopes that leave processes alive by design.
void end_all_children(pid_t except = 0) {
  auto children = sys::own_children();
  ASSERT_TRUE(children);
  for (pid_t pid : *children) {
    if (pid == except) continue;
    EXPECT_EQ(::kill(pid, SIGKILL), 0);
    (void)test::wait_and_reap(pid);
  }
}

class Tree : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static bool with_cgroup() { return GetParam(); }
};

#define SKIP_UNLESS_USABLE(family) \
  if (!(family).usable()) GTEST_SKIP() << "no writable cgroup v2 hierarchy: run the tests as root"

TEST_P(Tree, S1_escapees_and_daemons_are_found_and_killed) {
  Family family(StopScope::tree, with_cgroup(), {"escape"});
  SKIP_UNLESS_USABLE(family);
  EXPECT_EQ(family.alive(), 4U);
  EXPECT_FALSE(family.tree().gone());
  EXPECT_TRUE(family.tree().signal(SIGTERM));  // they ignore it
  EXPECT_EQ(family.alive(), 4U);
  EXPECT_TRUE(family.tree().signal(SIGKILL));
  family.wait_for_leader();
  EXPECT_TRUE(family.end());
  EXPECT_EQ(family.alive(), 0U);
}

TEST_P(Tree, S1_the_tree_is_not_gone_while_an_escapee_lives) {
  Family family(StopScope::tree, with_cgroup(), {"escape"});
  SKIP_UNLESS_USABLE(family);
  EXPECT_TRUE(family.tree().signal_leader(SIGKILL));
  family.wait_for_leader();
  EXPECT_FALSE(family.tree().gone());
  EXPECT_EQ(family.reap_leader(), (ExitStatus{ExitStatus::killed, SIGKILL}));
  EXPECT_FALSE(family.tree().gone());
  EXPECT_EQ(family.alive(), 3U);
  EXPECT_EQ(family.tree().signal_leader(SIGTERM).error().code, ESRCH);
  EXPECT_TRUE(family.end());
  EXPECT_EQ(family.alive(), 0U);
}

TEST_P(Tree, S2_a_bomb_that_replaces_what_is_killed) {
  Family family(StopScope::tree, with_cgroup(), {"bomb", "25"});
  SKIP_UNLESS_USABLE(family);
  EXPECT_TRUE(family.tree().signal(SIGTERM));
  EXPECT_FALSE(family.tree().gone());
  EXPECT_TRUE(family.end());
  EXPECT_EQ(family.alive(), 0U);
}

TEST_P(Tree, S2_processes_that_fork_and_exit_all_the_time) {
  Family family(StopScope::tree, with_cgroup(), {"hop", "10"});
  SKIP_UNLESS_USABLE(family);
  EXPECT_TRUE(family.end());
  EXPECT_EQ(family.alive(), 0U);
}

TEST_P(Tree, R4_a_stopped_process_hears_sigterm) {
  Family family(StopScope::tree, with_cgroup(), {"hop", "0"});
  SKIP_UNLESS_USABLE(family);
  siginfo_t info{};
  ASSERT_TRUE(family.tree().signal(SIGSTOP));
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(family.tree().leader()), &info, WSTOPPED), 0);
  EXPECT_TRUE(family.tree().signal(SIGTERM));
  family.wait_for_leader();
  EXPECT_TRUE(family.tree().gone());
  EXPECT_EQ(family.reap_leader(), (ExitStatus{ExitStatus::killed, SIGTERM}));
}

INSTANTIATE_TEST_SUITE_P(Host, Tree, ::testing::Values(true, false),
                         [](const auto& on) { return on.param ? "with_cgroup" : "without_cgroup"; });

TEST(TreeWithoutCgroup, an_orphan_without_marker_is_told_by_its_session_or_by_having_been_seen) {
  Family family(StopScope::tree, false, {"escape"}, false);
  EXPECT_EQ(family.alive(), 2U + 1U);  // the daemon has shed session and marker before the first look
  EXPECT_TRUE(family.tree().signal(SIGTERM));
  EXPECT_TRUE(family.tree().signal_leader(SIGKILL));
  family.wait_for_leader();
  EXPECT_EQ(family.alive(), 2U) << "the child by its session, the escapee by the walk before";
  EXPECT_TRUE(family.end());
  // The daemon is nobody's now: end it for the sake of the tests after this one.
  end_all_children();
}

TEST(TreeGroup, the_group_is_signalled_while_its_leader_is_a_zombie_and_never_after) {
  Family family(StopScope::group, false, {"escape"});
  EXPECT_TRUE(family.tree().signal_leader(SIGKILL));
  family.wait_for_leader();
  EXPECT_FALSE(family.tree().gone()) << "one child is still in the group";
  EXPECT_TRUE(family.tree().signal(SIGKILL));
  EXPECT_TRUE(family.end());
  EXPECT_EQ(family.tree().signal(SIGKILL).error().code, ESRCH) << "P2: the number may be a stranger's now";
  EXPECT_EQ(family.alive(), 2U) << "scope group leaves who left the group";
  end_all_children();
}

TEST(TreeGroup, is_gone_with_its_leader_when_nothing_else_is_left) {
  Family family(StopScope::group, false, {"hop", "0"});
  EXPECT_TRUE(family.tree().signal(SIGTERM));
  family.wait_for_leader();
  EXPECT_TRUE(family.tree().gone());
}

TEST(TreeMain, only_the_leader_counts) {
  Family family(StopScope::main_alone, false, {"escape"});
  EXPECT_FALSE(family.tree().gone());
  EXPECT_TRUE(family.tree().signal(SIGKILL));
  family.wait_for_leader();
  EXPECT_TRUE(family.tree().gone());
  EXPECT_EQ(family.alive(), 3U);
  end_all_children(family.tree().leader());
}

}  // namespace
}  // namespace supd
