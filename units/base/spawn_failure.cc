#include "units/base/spawn_failure.hpp"

#include <array>
#include <cstring>

namespace supd {

std::string_view stage_name(SpawnStage stage) {
  static constexpr std::array<std::string_view, spawn_stage_count> names{
      "expand", "terminal", "prepare", "clone", "cgroup", "session",   "stdio",
      "limits", "priority", "groups",  "gid",   "uid",    "directory", "interpreter or loader",
      "exec"};
  return names[static_cast<std::size_t>(stage)];
}

std::string SpawnFailure::text() const {
  // No system call has failed there: its errno value says nothing to a person.
  if (stage == SpawnStage::expand) return "expand: the command or directory names a variable that is not set";
  return std::string(stage_name(stage)) + ": " + std::strerror(error);
}

}  // namespace supd
