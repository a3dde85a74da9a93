#pragma once

/// supctl, from the command line to the exit code.

#include <span>

namespace supd::ctl {

/// `args` without the program's name. Writes to fd 1 and fd 2. The exit code, see ctl/proto/outcome.hpp.
[[nodiscard]] int run(std::span<const char* const> args);

}  // namespace supd::ctl
