/// Where the kernel or a seccomp filter lacks what supd likes best (story C5), and hosts without /proc (C6).

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>

#include "daemon/process/tree.hpp"
#include "daemon/sys/cgroup.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/pidfd.hpp"
#include "daemon/sys/proc_self.hpp"
#include "daemon/sys/proc_tree.hpp"
#include "tests/sys/child.hpp"
#include "tests/sys/spawned.hpp"

namespace supd {
namespace {

constexpr int success = 10;

/// The statements run in a fresh copy of this program: what was probed before does not count there.
#define EXPECT_IN_FRESH_PROCESS(...)                                                                        \
  do {                                                                                                      \
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";                                                 \
    EXPECT_EXIT(::_exit([]() -> bool __VA_ARGS__() ? success : 1), ::testing::ExitedWithCode(success), ""); \
  } while (false)

bool says(bool ok, const char* what) {
  if (!ok) std::cerr << "wrong: " << what << "\n";
  return ok;
}

/// A child with clean stdio and nothing else, while we hold fds that must not leak.
bool spawns_cleanly(const sys::SpawnRequest& request = {}) {
  test::Pipe bystander = test::make_pipe();
  test::Facts facts = test::facts_of(request);
  test::Waiting service(request);
  return says(facts.all("fd").size() == 3, "fds") && says(facts.all("blocked").empty(), "mask") &&
         says(facts.one("id", "sid") == facts.one("id", "pid"), "session") && says(service.pid() > 0, "pid");
}

/// A child is born in a cgroup, without CLONE_INTO_CGROUP.
bool joins_a_cgroup() {
  auto tree = sys::CgroupTree::create();
  if (!tree) return true;  // nothing to join on this host; said by the cgroup tests
  auto unit = tree->unit("web");
  sys::SpawnRequest request;
  sys::UniqueFd directory = unit->open_directory().value();
  request.cgroup = directory.borrow();
  bool born_there = test::facts_of(request).one("place", "cgroup").ends_with("/web.unit");
  return says(born_there, "cgroup") && spawns_cleanly(request) && tree->remove(*unit) && tree->remove();
}

class OldKernelDeathTest : public ::testing::TestWithParam<int> {};

TEST_P(OldKernelDeathTest, C5_no_close_range) {
  static int error;
  error = GetParam();
  EXPECT_IN_FRESH_PROCESS({
    if (!test::refuse_system_call(SYS_close_range, error)) return false;
    sys::UniqueFd leak(::open("/dev/null", O_RDONLY));  // without CLOEXEC, as an inherited one
    sys::mark_inherited_fds_cloexec();
    return says(!sys::close_range_available(), "probe") && spawns_cleanly() && joins_a_cgroup();
  });
}

TEST_P(OldKernelDeathTest, C5_no_clone3) {
  static int error;
  error = GetParam();
  EXPECT_IN_FRESH_PROCESS({
    if (!test::refuse_system_call(SYS_clone3, error)) return false;
    return spawns_cleanly() && joins_a_cgroup();
  });
}

TEST_P(OldKernelDeathTest, C5_no_pidfd_open) {
  static int error;
  error = GetParam();
  EXPECT_IN_FRESH_PROCESS({
    if (!test::refuse_system_call(SYS_pidfd_open, error)) return false;
    test::Waiting service;
    auto info = sys::read_process(service.pid());
    auto handle = sys::open_process(service.pid());
    return says(!sys::pidfd_available(), "probe") && says(service.pidfd().valid(), "clone makes one all the same") &&
           says(handle && sys::pidfd_send_signal(handle->borrow(), 0) == 0, "signal through /proc") &&
           says(info && sys::signal_process(info->id, SIGKILL) == 0, "signal a process") &&
           says(service.reap().exit == ExitStatus{ExitStatus::killed, SIGKILL}, "exit");
  });
}

INSTANTIATE_TEST_SUITE_P(Errno, OldKernelDeathTest, ::testing::Values(ENOSYS, EPERM),
                         [](const auto& on) { return on.param == ENOSYS ? "ENOSYS" : "EPERM"; });

TEST(HostDeathTest, C6_without_proc_children_start_are_signalled_and_waited_for) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can hide /proc: run the tests as root";
  EXPECT_IN_FRESH_PROCESS({
    if (::unshare(CLONE_NEWNS) != 0) return says(false, "unshare: run the tests with CAP_SYS_ADMIN");
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::umount2("/proc", MNT_DETACH) != 0) return says(false, "umount /proc");
    sys::mark_inherited_fds_cloexec();
    process::Attribution attribution;
    process::ProcessTree tree("web", RunId{1}, StopScope::tree, nullptr, attribution);
    test::Waiting service;
    tree.leader_started(service.pid(), service.pidfd());
    bool ok = says(!sys::proc_available(), "probe") && says(!sys::CgroupTree::create(), "no cgroup is found") &&
              says(!sys::snapshot_processes(), "no snapshot") && says(!sys::self_usage().open_fds, "usage") &&
              says(!tree.gone(), "alive") && says(tree.signal(SIGTERM).has_value(), "signal");
    ok = ok && says(service.reap().exit == ExitStatus{ExitStatus::killed, SIGTERM}, "exit");
    tree.leader_exited();
    tree.leader_reaped();
    return ok && says(tree.gone(), "gone");
  });
}

TEST(HostDeathTest, P2_a_proc_of_another_pid_namespace_is_not_believed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a pid namespace: run the tests as root";
  EXPECT_IN_FRESH_PROCESS({
    if (::unshare(CLONE_NEWPID) != 0) return says(false, "unshare: run the tests with CAP_SYS_ADMIN");
    return test::in_child([] { return says(::getpid() == 1 && !sys::proc_available(), "believed"); }) == "true";
  });
}

TEST(HostDeathTest, C6_without_dev_null_children_start) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can hide /dev: run the tests as root";
  EXPECT_IN_FRESH_PROCESS({
    if (::unshare(CLONE_NEWNS) != 0) return says(false, "unshare: run the tests with CAP_SYS_ADMIN");
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("none", "/dev", "tmpfs", 0, nullptr) != 0) return says(false, "mount");
    return spawns_cleanly();
  });
}

}  // namespace
}  // namespace supd
