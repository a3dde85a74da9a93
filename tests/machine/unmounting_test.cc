// What a machine mounts when it comes up, and how it lets go of its disks.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/machine/unmounting.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::machine {
namespace {

TEST(Mounts, mountinfo_with_escapes_and_nonsense) {
  auto points = sys::parse_mountinfo(
      "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw\n"
      "nonsense\n"
      "23 22 0:21 / /mnt/a\\040b rw - tmpfs none rw\n"
      "24 22 0:22 / /proc rw,nosuid master:1 propagate_from:2 - proc proc rw");
  EXPECT_EQ(points, (std::vector<sys::MountPoint>{{"/", "ext4"}, {"/mnt/a b", "tmpfs"}, {"/proc", "proc"}}));
}

TEST(Mounts, only_what_is_missing_is_mounted) {
  EXPECT_EQ(missing_mounts({}).size(), api_mounts().size());
  EXPECT_STREQ(missing_mounts({}).front().path, "/proc");
  std::vector<sys::MountPoint> points{{"/", "ext4"}, {"/dev", "devtmpfs"}, {"/sys/fs/cgroup/unified", "cgroup2"}};
  auto missing = missing_mounts(points);
  auto has = [&](std::string_view path) {
    return std::ranges::any_of(missing, [path](const sys::NewMount& mount) { return mount.path == path; });
  };
  EXPECT_TRUE(has("/proc"));
  EXPECT_FALSE(has("/dev"));
  EXPECT_FALSE(has("/sys/fs/cgroup")) << "a machine with the older kind keeps it";
}

TEST(Mounts, of_the_end_are_those_with_something_to_lose) {
  std::vector<sys::MountPoint> points{{"/", "ext4"},      {"/proc", "proc"}, {"/home", "ext4"}, {"/home/a", "nfs"},
                                      {"/home/a", "nfs"}, {"/run", "tmpfs"}, {"/homes", "vfat"}};
  auto left = to_unmount(points);
  EXPECT_EQ(left, (std::vector<sys::MountPoint>{{"/homes", "vfat"}, {"/home/a", "nfs"}, {"/home", "ext4"}}));
  EXPECT_TRUE(is_outermost(left[0], left) && is_outermost(left[1], left));
  EXPECT_FALSE(is_outermost(left[2], left));
  for (const char* type : {"nfs4", "cifs", "fuse.sshfs", "9p"}) EXPECT_TRUE(is_remote({"/x", type})) << type;
  for (const char* type : {"ext4", "xfs", "btrfs", "vfat"}) EXPECT_FALSE(is_remote({"/x", type})) << type;
}

/// A machine whose steps are written down, each in the process that does it.
struct FakeMachine {
  std::string diary() const { return integration::slurp(file); }
  bool did(const std::string& step) const { return diary().find(step + "\n") != std::string::npos; }
  bool did_before(const std::string& first, const std::string& second) const {
    std::string all = diary();
    return all.find(first + "\n") < all.find(second + "\n") && did(second);
  }
  void note(const std::string& text) const {
    int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    std::string line = text + "\n";
    EXPECT_EQ(::write(fd, line.data(), line.size()), static_cast<ssize_t>(line.size()));
    ::close(fd);
  }
  static bool has(const std::vector<std::string>& list, const std::string& path) {
    return std::ranges::find(list, path) != list.end();
  }
  std::vector<sys::MountPoint> mounted() const {
    std::vector<sys::MountPoint> now = points;
    std::erase_if(now, [this](const auto& point) { return did("unmounted:" + point.path); });
    return now;
  }
  bool unmount(const std::string& path, bool lazy) const {
    note((lazy ? "detach:" : "umount:") + path);
    while (has(hanging, path) && !lazy) ::pause();
    auto now = mounted();
    bool refused = !lazy && (has(busy, path) || !is_outermost({path, ""}, now));
    if (!refused) note("unmounted:" + path);
    return !refused;
  }
  Unmounting steps() {
    return {.points = [this] { return mounted(); },
            .sync = [this] { note("sync"); },
            .swap_off = [this] { note("swapoff"); },
            .unmount = [this](const std::string& path, bool lazy) { return unmount(path, lazy); },
            .make_read_only =
                [this](const std::string& path) {
                  note("ro:" + path);
                  return path != "/" || did("swapoff");
                },
            .each_ms = 200};
  }
  integration::Scratch scratch;
  std::string file = scratch.file("diary");
  std::vector<sys::MountPoint> points{{"/", "ext4"}, {"/home", "ext4"}, {"/home/far", "nfs4"}, {"/boot", "vfat"}};
  std::vector<std::string> hanging, busy;
};

TEST(Unmounting, a_mount_that_hangs_costs_no_other_one) {
  FakeMachine machine;
  machine.hanging = {"/home/far"};
  unmount_everything(machine.steps());
  EXPECT_TRUE(machine.did_before("unmounted:/boot", "umount:/home/far")) << machine.diary();
  EXPECT_TRUE(machine.did_before("detach:/home/far", "unmounted:/home")) << machine.diary();
  EXPECT_FALSE(machine.did("ro:/home")) << machine.diary();
}

TEST(Unmounting, many_that_hang_take_no_longer_than_one_and_local_ones_go_first) {
  FakeMachine machine;
  for (int i = 0; i < 20; ++i) {
    machine.hanging.push_back("/far/" + std::to_string(i));
    machine.points.push_back({machine.hanging.back(), "nfs4"});
  }
  machine.hanging.emplace_back("/boot");
  Unmounting steps = machine.steps();
  steps.together_ms = 2000;  // one by one they would take 4 s
  unmount_everything(steps);
  for (const std::string& path : machine.hanging) EXPECT_TRUE(machine.did("unmounted:" + path)) << machine.diary();
  EXPECT_TRUE(machine.did_before("unmounted:/boot", "umount:/far/0")) << machine.diary();
  EXPECT_TRUE(machine.did("unmounted:/home")) << machine.diary();
}

TEST(Unmounting, what_is_in_use_becomes_read_only) {
  FakeMachine machine;
  machine.busy = {"/home"};
  unmount_everything(machine.steps());
  EXPECT_TRUE(machine.did_before("unmounted:/home/far", "ro:/home")) << machine.diary();
  EXPECT_FALSE(machine.did("ro:/boot")) << machine.diary();
}

TEST(Unmounting, a_remote_one_in_use_is_detached_for_what_lies_below) {
  FakeMachine machine;
  machine.busy = {"/home/far"};
  unmount_everything(machine.steps());
  EXPECT_TRUE(machine.did_before("detach:/home/far", "unmounted:/home")) << machine.diary();
}

struct Told final : log::OwnLogTee {
  void on_own_message(log::Level, std::string_view message) override { text.append(message).append("\n"); }
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }
  std::string text;
};

TEST(Unmounting, all_together_has_an_end_which_is_told_and_the_root_is_safe) {
  FakeMachine machine;
  Unmounting steps = machine.steps();
  steps.together_ms = 0;
  Told log;
  log::set_tee(&log, true);
  unmount_everything(steps);
  log::set_tee(nullptr, true);
  const std::string& told = log.text;
  EXPECT_EQ(machine.diary(), "ro:/\nro:/\n") << "twice, as it could not be done at first";
  EXPECT_EQ(told.find("hangs"), std::string::npos) << told;
  EXPECT_NE(told.find("the time for unmounting is over"), std::string::npos) << told;
  EXPECT_NE(told.find("/home is neither unmounted nor read-only"), std::string::npos) << told;
}

TEST(Unmounting, without_a_list_of_mounts_the_root_is_made_read_only_all_the_same) {
  FakeMachine machine;
  machine.points.clear();
  unmount_everything(machine.steps());
  EXPECT_EQ(machine.diary(), "ro:/\nsync\nswapoff\nro:/\nsync\n");
}

}  // namespace
}  // namespace supd::machine
