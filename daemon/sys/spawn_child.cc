#include "daemon/sys/spawn_child.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <csignal>

// Rules for everything in this file. We run on the parent's memory: no allocation, no lock, no
// destructor, nothing that is not async-signal-safe. No libc wrapper of set*id(2) either: those signal
// every thread of the process they think they are in, which is the parent.

namespace supd::sys {
namespace {

constexpr unsigned close_range_unshare = 1U << 1;  // CLOSE_RANGE_UNSHARE, Linux 5.9
constexpr std::size_t kernel_sigset_size = 8;

/// struct sigaction as the kernel has it; all zero is SIG_DFL with no flags. Larger than any layout.
struct KernelSigaction {
  std::array<unsigned long, 8> words{};
};

[[noreturn]] void end() {
  while (true) ::syscall(SYS_exit_group, 127);
}

[[noreturn]] void give_up(ChildPlan& plan, SpawnStage stage, int error) {
  plan.failed = true;
  plan.failure = {stage, error};
  end();
}

void require(ChildPlan& plan, SpawnStage stage, long result) {
  if (result < 0) give_up(plan, stage, errno);
}

/// All signals are still blocked: none can run a handler of the parent's in here.
void default_dispositions(const ChildPlan& plan) {
  KernelSigaction fresh;
  for (std::uint64_t rest = plan.changed_signals; rest != 0; rest &= rest - 1) {
    ::syscall(SYS_rt_sigaction, std::countr_zero(rest) + 1, &fresh, nullptr, kernel_sigset_size);
  }
}

void join_cgroup(ChildPlan& plan) {
  if (plan.cgroup_procs < 0) return;
  require(plan, SpawnStage::cgroup, ::syscall(SYS_write, plan.cgroup_procs, "0", 1));
}

void wire_stdio(ChildPlan& plan) {
  // Until this call the fd table may be the parent's own: nothing before it may change it.
  if (plan.private_below != 0) {
    require(plan, SpawnStage::stdio, ::syscall(SYS_close_range, plan.private_below, ~0U, close_range_unshare));
  }
  for (int target = 0; target < 3; ++target) {
    // The copy is without CLOEXEC; the slot itself goes at exec.
    require(plan, SpawnStage::stdio, ::syscall(SYS_dup3, plan.stdio[static_cast<std::size_t>(target)], target, 0));
  }
}

/// Of a terminal that somebody else's session has, we have the lines but not the control.
void take_terminal(const ChildPlan& plan) {
  if (plan.take_terminal >= 0) ::syscall(SYS_ioctl, 0, TIOCSCTTY, plan.take_terminal);
}

void set_limits(ChildPlan& plan) {
  if (plan.nofile) {
    require(plan, SpawnStage::limits, ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &*plan.nofile, nullptr));
  }
  if (plan.limits == nullptr) return;
  for (const ResourceLimit& limit : plan.limits->rlimits) {
    std::array<std::uint64_t, 2> value{limit.soft, limit.hard};  // struct rlimit64
    require(plan, SpawnStage::limits, ::syscall(SYS_prlimit64, 0, limit.resource, value.data(), nullptr));
  }
  if (plan.limits->set_nice) {
    require(plan, SpawnStage::priority, ::syscall(SYS_setpriority, PRIO_PROCESS, 0, plan.limits->nice));
  }
}

void become_user(ChildPlan& plan) {
  if (plan.run_as == nullptr) return;
  const RunAsSpec& who = *plan.run_as;
  if (plan.set_groups) {
    require(plan, SpawnStage::groups, ::syscall(SYS_setgroups, who.gids.size(), who.gids.data()));
  }
  if (who.set_gid) require(plan, SpawnStage::gid, ::syscall(SYS_setresgid, who.gid, who.gid, who.gid));
  if (who.set_uid) require(plan, SpawnStage::uid, ::syscall(SYS_setresuid, who.uid, who.uid, who.uid));
  if (who.set_umask) ::syscall(SYS_umask, who.umask);
}

[[noreturn]] void execute(ChildPlan& plan) {
  int error = exec_search(plan.search);
  give_up(plan, plan.search.misses_interpreter() ? SpawnStage::interpreter : SpawnStage::exec, error);
}

}  // namespace

int run_child(void* argument) {
  ChildPlan& plan = *static_cast<ChildPlan*>(argument);
  default_dispositions(plan);
  join_cgroup(plan);
  if (plan.new_session) require(plan, SpawnStage::session, ::syscall(SYS_setsid));
  wire_stdio(plan);
  take_terminal(plan);
  set_limits(plan);
  become_user(plan);
  if (plan.directory != nullptr) require(plan, SpawnStage::directory, ::syscall(SYS_chdir, plan.directory));
  std::uint64_t nothing_blocked = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, kernel_sigset_size);
  execute(plan);
}

}  // namespace supd::sys
