#include "tests/container/docker_profile.hpp"

#include <sched.h>
#include <seccomp.h>

#include <array>
#include <cerrno>

namespace supd::container {
namespace {

constexpr std::array refused{"acct",
                             "add_key",
                             "bpf",
                             "clock_adjtime",
                             "clock_settime",
                             "create_module",
                             "delete_module",
                             "finit_module",
                             "fsconfig",
                             "fsmount",
                             "fsopen",
                             "fspick",
                             "get_kernel_syms",
                             "get_mempolicy",
                             "init_module",
                             "io_uring_enter",
                             "io_uring_register",
                             "io_uring_setup",
                             "ioperm",
                             "iopl",
                             "kcmp",
                             "kexec_file_load",
                             "kexec_load",
                             "keyctl",
                             "lookup_dcookie",
                             "mbind",
                             "mount",
                             "mount_setattr",
                             "move_mount",
                             "move_pages",
                             "nfsservctl",
                             "open_by_handle_at",
                             "open_tree",
                             "perf_event_open",
                             "pivot_root",
                             "process_vm_readv",
                             "process_vm_writev",
                             "query_module",
                             "quotactl",
                             "quotactl_fd",
                             "reboot",
                             "request_key",
                             "set_mempolicy",
                             "setdomainname",
                             "sethostname",
                             "setns",
                             "settimeofday",
                             "swapoff",
                             "swapon",
                             "sysfs",
                             "umount2",
                             "unshare",
                             "uselib",
                             "userfaultfd",
                             "ustat",
                             "vhangup"};

constexpr unsigned long namespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

/// The arguments of clone3 are in memory, where a filter can't look: programs fall back to clone.
constexpr const char* not_there = "clone3";
/// Of later kernels than the profile knows: answered as by a kernel without them.
constexpr int first_unknown = 463, last_unknown = 600;

bool fill(scmp_filter_ctx filter) {
  for (const char* name : refused) {
    int call = seccomp_syscall_resolve_name(name);
    // Not one of this machine's, or not one that this libseccomp knows.
    if (call < 0) continue;
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) != 0) return false;
  }
  for (int bit = 0; bit < 32; ++bit) {
    unsigned long flag = namespaces & (1UL << bit);
    if (flag == 0) continue;
    auto has = SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag);
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, has) != 0) return false;
  }
  for (int call = first_unknown; call <= last_unknown; ++call) {
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0) != 0) return false;
  }
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), seccomp_syscall_resolve_name(not_there), 0) == 0;
}

bool fill_without_pidfds(scmp_filter_ctx filter) {
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(pidfd_open), 0) == 0;
}

bool apply(bool (*fill_it)(scmp_filter_ctx)) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return false;
  // Docker runs containers of an ordinary user with it.
  bool done = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1) == 0 && fill_it(filter) && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return done;
}

}  // namespace

bool apply_docker_profile() { return apply(fill); }
bool refuse_pidfd_open() { return apply(fill_without_pidfds); }

}  // namespace supd::container
