#pragma once

/// Starts a process: clone(2) with CLONE_VM|CLONE_VFORK|CLONE_PIDFD|CLONE_FILES, flat in the number of
/// open fds and in the size of our memory. Everything that can be prepared is prepared by the caller
/// before the call; the child does only async-signal-safe system calls. The caller is suspended until
/// the child's exec or failure. Not reentrant: one thread of the daemon spawns.
///
/// The child starts with: default signal dispositions, an empty signal mask, stdin/stdout/stderr and
/// no other fd, and the RLIMIT_NOFILE that supd itself was given (sys/rlimits.hpp).
///
/// How the fd table stays cheap: the child first shares our table, then takes a private copy of its
/// lowest few fds with close_range(2) CLOSE_RANGE_UNSHARE. For that, the child's stdio is put into
/// three low "slots" beforehand. Where close_range is missing the whole table is copied, and CLOEXEC
/// alone keeps fds from leaking: see mark_inherited_fds_cloexec().

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/spec.hpp"

namespace supd::sys {

/// What the child shall be. All pointers are borrowed for the duration of spawn().
struct SpawnRequest {
  const char* const* argv = nullptr;  ///< NULL-terminated; argv[0] is what to execute, a path or a name
  const char* const* envp = nullptr;  ///< NULL-terminated
  const char* search_path = nullptr;  ///< PATH to find a name without '/' in; nullptr: a path is given
  const char* directory = nullptr;    ///< chdir; nullptr: stay
  int stdin_fd = -1;                  ///< -1: /dev/null (opened once by spawn itself)
  int stdout_fd = -1;                 ///< -1: /dev/null
  int stderr_fd = -1;
  BorrowedFd cgroup;  ///< directory of a v2 cgroup; invalid: stay in ours
  const LimitSpec* limits = nullptr;
  const RunAsSpec* run_as = nullptr;
  bool new_session = true;  ///< setsid(2): own session and process group
  /// Whether stdin becomes the terminal that controls the new session. `claim` is for one that nobody else uses,
  /// `steal` takes it from another session too, where we have the power to. Done as far as it can be: no failure.
  enum class Control : std::uint8_t { none, claim, steal } control = Control::none;
  std::string* missing = nullptr;  ///< takes the words for a person that go with SpawnStage::interpreter
};

struct Spawned {
  pid_t pid = 0;
  UniqueFd pidfd;  ///< invalid where the kernel has no pidfds
};

/// Takes the low slots, the child's stack and the probes. Call once at start, while the low fds are
/// free; spawn() does it itself otherwise.
[[nodiscard]] Result<void> reserve_spawn_slots();

/// A failed child has been reaped when this returns. SpawnFailure{exec, ENOENT} and the like come
/// from the child; {clone, EAGAIN} and {prepare, ...} mean that there never was one.
[[nodiscard]] std::expected<Spawned, SpawnFailure> spawn(const SpawnRequest& request);

}  // namespace supd::sys
