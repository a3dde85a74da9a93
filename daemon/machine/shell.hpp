#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/sys/machine.hpp"

namespace supd::machine {

/// The end of the machine that a signal asks for, of the running supd where [signals] says nothing, too.
[[nodiscard]] std::optional<sys::MachineEnd> end_by_signal(int signal);

/// A shell on the console for a person who has to repair something, when supd itself can't run. Waits for its end, and
/// reaps whatever else ends. Ctrl-Alt-Del and the other signals that end a machine are obeyed meanwhile: the end that
/// they ask for is returned, with the shell still there.
[[nodiscard]] std::optional<sys::MachineEnd> emergency_shell(const char* why, const std::vector<std::string>& command);

}  // namespace supd::machine
