#include "units/base/spawn_failure.hpp"

#include <array>
#include <cstring>

namespace supd {

std::string_view stage_name(SpawnStage stage) {
  static constexpr std::array<std::string_view, spawn_stage_count> names{"prepare", "clone",  "cgroup",    "session",
                                                                         "stdio",   "limits", "priority",  "groups",
                                                                         "gid",     "uid",    "directory", "exec"};
  return names[static_cast<std::size_t>(stage)];
}

std::string SpawnFailure::text() const { return std::string(stage_name(stage)) + ": " + std::strerror(error); }

}  // namespace supd
