#pragma once

/// The child's side of spawn(): from clone to execve, on borrowed memory and a stack of its own.

#include <sys/resource.h>

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/sys/exec_search.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/spec.hpp"

namespace supd::sys {

/// Everything the child needs, ready to use; and its answer. Shared memory: the parent is asleep.
struct ChildPlan {
  ExecSearch search;
  const char* directory = nullptr;
  std::array<int, 3> stdio{-1, -1, -1};  ///< not below 3, below `private_below`, CLOEXEC
  unsigned private_below = 0;            ///< 0: the fd table is a copy already
  int cgroup_procs = -1;                 ///< cgroup.procs to write ourselves to; -1: none
  std::uint64_t changed_signals = 0;     ///< signals - 1, as bits, whose disposition is not the default
  bool new_session = true;
  int take_terminal = -1;  ///< argument of TIOCSCTTY for stdin; -1: not done
  bool set_groups = false;
  const LimitSpec* limits = nullptr;
  const RunAsSpec* run_as = nullptr;
  std::optional<rlimit> nofile;  ///< what RLIMIT_NOFILE is unless `limits` says otherwise

  bool failed = false;
  SpawnFailure failure;
};

/// For clone(2): `plan` is a ChildPlan. Never returns: execve, or exit with `failure` filled in.
int run_child(void* plan);

}  // namespace supd::sys
