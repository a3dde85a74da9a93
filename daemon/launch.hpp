#pragma once

/// From a unit's specification to a process: its environment, its arguments, its pipes, and the spawn.

#include <expected>
#include <span>
#include <string>

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

/// Starts `command` as the unit would: same environment, user, limits, directory and cgroup (nullptr:
/// none). All its writing ends are closed here when this returns.
[[nodiscard]] std::expected<Launched, SpawnFailure> launch(const UnitSpec& spec, std::span<const std::string> command,
                                                           RunId run, const sys::UnitCgroup* cgroup);

}  // namespace supd
