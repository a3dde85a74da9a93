#pragma once

/// Starts a process: clone(2) with CLONE_VM|CLONE_VFORK|CLONE_PIDFD|CLONE_FILES, flat in the number of
/// open fds. Everything that can be prepared is prepared by the caller before the call; the child does
/// only async-signal-safe system calls. The caller is suspended until the child's exec or failure.

#include <sys/types.h>

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/spec.hpp"

namespace supd::sys {

/// What the child shall be. All pointers are borrowed for the duration of spawn().
struct SpawnRequest {
  const char* const* argv = nullptr;  ///< NULL-terminated; argv[0] is what to execute, a path or a name
  const char* const* envp = nullptr;  ///< NULL-terminated
  const char* search_path = nullptr;  ///< PATH to find a name without '/' in; nullptr: a path is given
  const char* directory = nullptr;    ///< chdir; nullptr: stay
  int stdin_fd = -1;                  ///< -1: /dev/null (opened by the caller of spawn once, see below)
  int stdout_fd = -1;                 ///< -1: as stdin
  int stderr_fd = -1;
  BorrowedFd cgroup;  ///< directory of a v2 cgroup; invalid: stay in ours
  const LimitSpec* limits = nullptr;
  const RunAsSpec* run_as = nullptr;
  bool new_session = true;  ///< setsid(2): own session and process group
};

struct Spawned {
  pid_t pid = 0;
  UniqueFd pidfd;
};

[[nodiscard]] std::expected<Spawned, SpawnFailure> spawn(const SpawnRequest& request);

}  // namespace supd::sys
