#pragma once

/// Terminals that a service is given (termios(4), tty_ioctl(4)).

#include <string>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

[[nodiscard]] bool is_terminal(BorrowedFd fd);

/// For reading and writing, blocking from then on; it does not become ours. Does not wait for a line to be connected.
/// ENOTTY: it is no terminal.
[[nodiscard]] Result<UniqueFd> open_terminal(const std::string& path);

/// Lets go of the terminal that controls our session, where we lead that session: only then can another one have it.
/// The SIGHUP that the kernel sends for it is not seen; SIGHUP must be blocked.
void give_up_terminal();

}  // namespace supd::sys
