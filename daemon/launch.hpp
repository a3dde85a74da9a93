#pragma once

/// From a unit's specification to a process: its environment, its arguments, its pipes, and the spawn.

#include <expected>
#include <span>
#include <string>
#include <utility>

#include "daemon/sys/cgroup.hpp"
#include "daemon/sys/fd.hpp"
#include "daemon/sys/spawn.hpp"
#include "units/base/ids.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/spec.hpp"

namespace supd {

struct Launched {
  sys::Spawned process;
  sys::UniqueFd out, err;  ///< reading ends of its output, O_NONBLOCK; invalid: a terminal has it
};

struct LaunchFailure {
  LaunchFailure(SpawnFailure why, std::string words = {})  // NOLINT: most have no more to say
      : failure(why), detail(std::move(words)) {}
  [[nodiscard]] std::string text() const;

  SpawnFailure failure;
  std::string detail;  ///< more than `failure` can say; or ""
};

/// Starts `command` as the unit would: same environment, user, limits, directory and cgroup (nullptr:
/// none). All its writing ends are closed here when this returns.
[[nodiscard]] std::expected<Launched, LaunchFailure> launch(const UnitSpec& spec, std::span<const std::string> command,
                                                            RunId run, const sys::UnitCgroup* cgroup);

}  // namespace supd
