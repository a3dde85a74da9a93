// Another configuration, with real processes: who keeps its pid, who goes, and what is left of those that went.

#include "daemon/executor.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>

#include "tests/daemon/executor_world.hpp"

namespace supd::testing {
namespace {

class Reconfigured : public ::testing::TestWithParam<io::Engine> {
 protected:
  void SetUp() override {
    auto loop = io::make_loop(GetParam());
    if (!loop) GTEST_SKIP() << "this engine does not work here: " << loop.error().text();
  }
};
std::string engine_label(const ::testing::TestParamInfo<io::Engine>& tested) {
  return tested.param == io::Engine::uring ? "uring" : "epoll";
}
INSTANTIATE_TEST_SUITE_P(Engines, Reconfigured, ::testing::Values(io::Engine::uring, io::Engine::epoll), engine_label);

TEST_P(Reconfigured, C2_one_unit_changes_and_the_others_keep_their_pids) {
  ExecutorWorld world(GetParam(), {sleeper("a"), sleeper("b"), sleeper("c")});
  pid_t a = world.pid("a"), b = world.pid("b"), c = world.pid("c");
  world.reconfigure({sleeper("a"), shell("b", "exec sleep 1001"), sleeper("c")}, {"b"});
  world.until([&] { return world.pid("b") != b && world.state("b") == State::running; });
  EXPECT_EQ(world.pid("a"), a);
  EXPECT_EQ(world.pid("c"), c);
  EXPECT_TRUE(world.told.empty());
}

TEST_P(Reconfigured, P5_the_last_words_of_a_removed_unit_are_in_its_log) {
  ExecutorWorld world(GetParam(), {sleeper("a"), shell("b",
                                                       "trap 'echo last words; exit 0' TERM\n"
                                                       "echo up; while :; do sleep 0.02; done")});
  world.until([&] { return world.log_file("b").find("up") != std::string::npos; });
  world.reconfigure({sleeper("a")});
  world.until([&] { return !world.told.empty(); });
  EXPECT_EQ(world.told, std::vector<std::string>{"gone b: removed from the configuration"});
  world.until([&] { return world.hub().idle(); });
  EXPECT_NE(world.log_file("b").find("last words"), std::string::npos);
}

TEST_P(Reconfigured, P1_a_unit_of_another_kind_starts_when_the_old_process_is_gone) {
  ExecutorWorld world(GetParam(), {sleeper("job")});
  pid_t old = world.pid("job");
  UnitSpec task = sleeper("job");
  task.kind = Kind::task;
  world.reconfigure({task});
  EXPECT_EQ(world.state("job"), State::waiting);
  EXPECT_EQ(::kill(old, 0), 0);
  ASSERT_TRUE(world.until_running("job"));
  EXPECT_NE(::kill(old, 0), 0) << "reaped";
  EXPECT_EQ(world.told, (std::vector<std::string>{"added job", "gone job: the configuration changed"}));
}

/// Its process ends with its main process, and a stranger holds its output for a while.
UnitSpec held(std::string name) {
  UnitSpec spec = shell(std::move(name), "sleep 2 & echo up; exec sleep 1000");
  spec.stop.scope = StopScope::main_alone;
  return spec;
}

TEST_P(Reconfigured, P8_a_slot_is_used_again_while_the_last_output_is_still_being_read) {
  ExecutorWorld world(GetParam(), {held("old")});
  UnitId slot = world.id("old");
  world.until([&] { return world.log_file("old").find("up") != std::string::npos; });
  world.reconfigure({});
  world.until([&] { return !world.supervisor().known(slot); });
  ASSERT_TRUE(world.told.empty()) << "its output is open";
  world.reconfigure({sleeper("new")});
  EXPECT_EQ(world.id("new"), slot);
  EXPECT_EQ(world.told, (std::vector<std::string>{"gone old: removed from the configuration", "added new"}));
  ASSERT_TRUE(world.until_running("new"));
  world.until([&] { return world.hub().open_streams == 2; });
  EXPECT_NE(world.pid("new"), 0);
}

TEST_P(Reconfigured, C2_a_log_moves_without_its_process) {
  UnitSpec spec = shell("a", "while :; do echo line; sleep 0.02; done");
  ExecutorWorld world(GetParam(), {spec});
  pid_t pid = world.pid("a");
  world.until([&] { return !world.log_file("a").empty(); });
  spec.log.path = world.directory() + "/moved";
  world.reconfigure({spec});
  world.until([&] { return !world.file("moved").empty(); });
  EXPECT_EQ(world.pid("a"), pid);
}

TEST_P(Reconfigured, C2_a_wider_or_narrower_stop_scope_holds_for_the_run_that_is_up) {
  UnitSpec spec = shell("a", "(trap '' TERM; echo up; exec sleep 3) & exec sleep 1000");
  ExecutorWorld world(GetParam(), {spec});
  world.until([&] { return !world.log_file("a").empty(); });
  UnitId slot = world.id("a");
  spec.stop.scope = StopScope::main_alone;
  world.reconfigure({spec});
  world.reconfigure({});
  // The child ignores SIGTERM: as a tree, the stop would take until it has slept enough.
  Instant before = world.now();
  world.until([&] { return !world.supervisor().known(slot); });
  EXPECT_LT(world.now() - before, 2s);
}

TEST_P(Reconfigured, P8_a_thousand_units_that_come_and_go_leave_nothing_behind) {
  ExecutorWorld world(GetParam(), {sleeper("stays")});
  std::size_t fds = 0, bytes = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string name = "guest" + std::to_string(i);
    world.reconfigure({sleeper("stays"), shell(name, "echo here; exec sleep 1000")});
    ASSERT_TRUE(world.until_running(name));
    world.reconfigure({sleeper("stays")});
    ASSERT_TRUE(world.until([&] { return world.told.size() == 2; }));
    world.told.clear();
    if (i == 100 || i == 999) world.until([&] { return world.hub().idle(); });
    if (i == 100) fds = open_fds(), bytes = ::mallinfo2().uordblks;
  }
  // Files are closed by another thread, a little later.
  EXPECT_TRUE(world.until([&] { return open_fds() <= fds; }));
  // Less than a unit's worth for each: tables grow in steps.
  EXPECT_LE(::mallinfo2().uordblks, bytes + 32 * 1024);
  EXPECT_LE(world.supervisor().size(), 2U);
}

TEST_P(Reconfigured, a_removed_unit_gives_its_cgroup_back) {
  auto tree = sys::CgroupTree::create();
  if (!tree) GTEST_SKIP() << "needs a cgroup2 hierarchy that this user may write to: " << tree.error().text();
  auto cgroups = [&] {
    std::filesystem::directory_iterator entries(tree->path());
    return std::ranges::count_if(entries, [](const auto& entry) { return entry.is_directory(); });
  };
  {
    ExecutorWorld world(GetParam(), {sleeper("a"), sleeper("b")}, &*tree);
    EXPECT_EQ(cgroups(), 2);
    world.reconfigure({sleeper("a")});
    world.until([&] { return !world.told.empty(); });
    EXPECT_EQ(cgroups(), 1);
  }
  EXPECT_TRUE(tree->remove());
}

}  // namespace
}  // namespace supd::testing
