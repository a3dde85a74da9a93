#include "units/status.hpp"

#include <array>

namespace supd {
namespace {

constexpr std::array<StateInfo, state_count> table{{
    {State::inactive, "inactive", false, "not running, and nothing asks for it"},
    {State::waiting, "waiting", false, "shall run; waits for units that it depends on"},
    {State::starting, "starting", true, "its process is being started"},
    {State::running, "running", true, "up (a service is ready, a task is at work, a target is reached)"},
    {State::stopping, "stopping", true, "the stop sequence runs until its last process is gone"},
    {State::backoff, "backoff", false, "ended by itself; starts again when the restart delay is over"},
    {State::completed, "completed", false, "ended by itself with success, and stays so"},
    {State::failed, "failed", false, "ended or could not start, and is not tried again for now"},
}};

}  // namespace

const StateInfo* state_table() { return table.data(); }

std::string_view state_name(State state) { return table[static_cast<std::size_t>(state)].name; }

bool state_from_name(std::string_view name, State& out) {
  for (const StateInfo& info : table) {
    if (info.name != name) continue;
    out = info.state;
    return true;
  }
  return false;
}

}  // namespace supd
