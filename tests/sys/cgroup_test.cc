#include "daemon/sys/cgroup.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "daemon/sys/cgroup_mount.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

using sys::CgroupTree;
using sys::UnitCgroup;

TEST(CgroupMount, finds_a_hybrid_hierarchy) {
  auto found = sys::own_cgroup_directory(
      "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:3 - cgroup2 cgroup2 rw\n",
      "4:memory:/x\n0::/\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, "/sys/fs/cgroup/unified");
}

TEST(CgroupMount, finds_our_path_in_a_unified_hierarchy_and_undoes_escapes) {
  auto found = sys::own_cgroup_directory("41 31 0:38 / /mnt/c\\040g rw - cgroup2 none rw\n", "0::/a.slice/b\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, "/mnt/c g/a.slice/b");
}

TEST(CgroupMount, subtracts_the_root_of_a_bind_mount) {
  auto found = sys::own_cgroup_directory("1 2 0:3 /docker/7 /sys/fs/cgroup rw - cgroup2 c rw\n", "0::/docker/7/in\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, "/sys/fs/cgroup/in");
  EXPECT_FALSE(sys::own_cgroup_directory("1 2 0:3 /docker/7 /sys/fs/cgroup rw - cgroup2 c rw\n", "0::/docker/77\n"));
}

TEST(CgroupMount, C6_says_what_is_missing) {
  EXPECT_FALSE(sys::own_cgroup_directory("", "0::/\n"));
  EXPECT_FALSE(sys::own_cgroup_directory("1 2 0:3 / /c rw - cgroup2 c rw\n", "1:cpu:/\n"));
  EXPECT_FALSE(sys::own_cgroup_directory("garbage - cgroup2 \n - cgroup2 \n", "0::/\n"));
}

class Cgroup : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = CgroupTree::create();
    if (!made) GTEST_SKIP() << "no writable cgroup v2 hierarchy (" << made.error().text() << "): run as root";
    tree_.emplace(std::move(*made));
  }
  void TearDown() override {
    if (!tree_) return;
    EXPECT_TRUE(tree_->remove()) << "the subtree must be empty at the end of a test";
  }

  static sys::SpawnRequest inside(sys::BorrowedFd cgroup) {
    sys::SpawnRequest request;
    request.cgroup = cgroup;
    return request;
  }

  static void wait_until_empty(const UnitCgroup& cgroup) {
    sys::UniqueFd events = cgroup.open_events().value();
    UnitCgroup::acknowledge(events.borrow());
    while (cgroup.populated()) {
      pollfd wait{events.get(), POLLPRI, 0};
      ASSERT_GT(::poll(&wait, 1, 10'000), 0) << "no event for the end of the last process";
      UnitCgroup::acknowledge(events.borrow());
    }
  }

  std::optional<CgroupTree> tree_;
};

TEST_F(Cgroup, a_child_is_born_in_it) {
  auto unit = tree_->unit("web");
  ASSERT_TRUE(unit) << unit.error().text();
  EXPECT_FALSE(unit->populated());
  sys::UniqueFd directory = unit->open_directory().value();
  sys::SpawnRequest request = inside(directory.borrow());
  EXPECT_TRUE(test::facts_of(request).one("place", "cgroup").ends_with("/web.unit"));
}

TEST_F(Cgroup, populated_pids_kill_and_the_event_of_the_end) {
  auto unit = tree_->unit("web");
  ASSERT_TRUE(unit);
  sys::UniqueFd directory = unit->open_directory().value();
  test::Waiting one(inside(directory.borrow()));
  test::Waiting two(inside(directory.borrow()));
  EXPECT_TRUE(unit->populated());
  auto pids = unit->pids();
  ASSERT_TRUE(pids);
  std::ranges::sort(*pids);
  EXPECT_EQ(*pids, (std::vector<pid_t>{std::min(one.pid(), two.pid()), std::max(one.pid(), two.pid())}));
  EXPECT_FALSE(tree_->remove(*unit));
  auto killed = unit->kill();
  if (!killed) GTEST_SKIP() << "no cgroup.kill on this kernel: " << killed.error().text();
  wait_until_empty(*unit);  // the two are zombies: they do not count
  EXPECT_EQ(one.reap().exit, (ExitStatus{ExitStatus::killed, SIGKILL}));
  EXPECT_EQ(two.reap().exit, (ExitStatus{ExitStatus::killed, SIGKILL}));
  EXPECT_TRUE(tree_->remove(*unit));
}

TEST_F(Cgroup, cgroups_that_a_unit_made_are_its_own) {
  auto unit = tree_->unit("nested");
  ASSERT_TRUE(unit);
  sys::UniqueFd directory = unit->open_directory().value();
  ASSERT_EQ(::mkdirat(directory.get(), "a", 0755), 0);
  ASSERT_EQ(::mkdirat(directory.get(), "a/b", 0755), 0);
  sys::UniqueFd below(::openat(directory.get(), "a/b", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  test::Waiting service(inside(below.borrow()));
  EXPECT_TRUE(unit->populated());
  EXPECT_EQ(unit->pids().value(), std::vector<pid_t>{service.pid()});
  service.end();
  (void)service.reap();
  EXPECT_FALSE(unit->populated());
  EXPECT_TRUE(tree_->remove(*unit));
}

TEST_F(Cgroup, unit_names_never_clash_with_the_kernels_files) {
  for (const char* name : {"cgroup.procs", ".hidden", "..", "a b", "cgroup.kill", "x@1"}) {
    auto unit = tree_->unit(name);
    ASSERT_TRUE(unit) << name;
    auto again = tree_->unit(name);
    EXPECT_TRUE(again) << "taking over an existing one";
    EXPECT_TRUE(tree_->remove(*unit));
  }
  for (const char* name : {"", "a/b", "../x", "a\nb"}) EXPECT_EQ(tree_->unit(name).error().code, EINVAL) << name;
  EXPECT_EQ(tree_->unit(std::string(300, 'x')).error().code, ENAMETOOLONG);
}

TEST_F(Cgroup, P8_what_a_crashed_supd_left_behind_is_removed_at_the_next_start) {
  std::string left = tree_->path() + "-crashed";
  std::string populated = tree_->path() + "-services-live-on";
  for (const std::string& path : {left, left + "/web.unit", left + "/web.unit/deep", populated}) {
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0) << path;
  }
  sys::UniqueFd inside_populated(::open(populated.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  test::Waiting service(inside(inside_populated.borrow()));
  auto next = CgroupTree::create();
  ASSERT_TRUE(next);
  EXPECT_NE(::access(left.c_str(), F_OK), 0);
  EXPECT_EQ(::access(populated.c_str(), F_OK), 0);
  EXPECT_EQ(::access(tree_->path().c_str(), F_OK), 0) << "a living supd's subtree stays, empty or not";
  EXPECT_TRUE(next->remove());
  service.end();
  (void)service.reap();
  EXPECT_EQ(::rmdir(populated.c_str()), 0);
}

TEST_F(Cgroup, thousands_of_units_can_be_removed) {
  for (int i = 0; i < 4200; ++i) ASSERT_TRUE(tree_->unit("unit-" + std::to_string(i)));
  EXPECT_TRUE(tree_->remove());
  EXPECT_NE(::access(tree_->path().c_str(), F_OK), 0);
  tree_.reset();
}

TEST_F(Cgroup, a_removed_cgroup_is_a_cgroup_failure) {
  auto unit = tree_->unit("gone");
  ASSERT_TRUE(unit);
  sys::UniqueFd directory = unit->open_directory().value();
  ASSERT_TRUE(tree_->remove(*unit));
  std::vector<const char*> argv{test::inherited_program(), "exit", "0", nullptr};
  sys::SpawnRequest request = test::request_for(argv);
  request.cgroup = directory.borrow();
  auto spawned = sys::spawn(request);
  ASSERT_FALSE(spawned);
  EXPECT_EQ(spawned.error().stage, SpawnStage::cgroup);
  EXPECT_FALSE(unit->populated());
}

}  // namespace
}  // namespace supd
