#pragma once

/// Why a process could not be started: the step that failed and its errno value.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace supd {

/// The steps of starting a process, in the order in which they are taken.
enum class SpawnStage : std::uint8_t {
  expand,       ///< ${VARIABLES} of the command and the directory: EINVAL when one is not set
  terminal,     ///< opening the terminal: ENOENT, EACCES, ENXIO; ENOTTY when it is none
  prepare,      ///< pipes, buffers: before there is a process
  clone,        ///< clone(2): EAGAIN, ENOMEM
  cgroup,       ///< joining the unit's cgroup
  session,      ///< setsid(2)
  stdio,        ///< wiring stdin, stdout, stderr
  limits,       ///< setrlimit(2)
  priority,     ///< setpriority(2)
  groups,       ///< setgroups(2)
  gid,          ///< setresgid(2)
  uid,          ///< setresuid(2)
  directory,    ///< chdir(2)
  interpreter,  ///< execve(2): the program is there, its interpreter (#!) or dynamic loader is not: ENOENT
  exec,         ///< execve(2): ENOENT, EACCES, ENOEXEC, ETXTBSY, E2BIG
};
inline constexpr int spawn_stage_count = 15;

struct SpawnFailure {
  SpawnStage stage = SpawnStage::prepare;
  int error = 0;  ///< errno value

  auto operator<=>(const SpawnFailure&) const = default;
  /// "exec: No such file or directory".
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] std::string_view stage_name(SpawnStage stage);

}  // namespace supd
