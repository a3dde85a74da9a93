#pragma once

#include <string>
#include <vector>

namespace supd::machine {

/// A shell on the console for a person who has to repair something, when supd itself can't run. Waits for its end, and
/// reaps whatever else ends.
void emergency_shell(const char* why, const std::vector<std::string>& command);

}  // namespace supd::machine
