#pragma once

/// supd as the init of a machine: what comes before the supervisor, after it, and in its place when it can't run.
/// Nothing in here returns to a main() that would end: the kernel panics when PID 1 does.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/machine/boot_words.hpp"
#include "daemon/sys/machine.hpp"

namespace supd::machine {

/// Whether this process is one, by its pid, its name and `--init`.
[[nodiscard]] bool requested(std::span<char* const> arguments);

/// The arguments that are options of supd; the kernel passes on whatever it does not know.
[[nodiscard]] std::vector<std::string> supd_options(std::span<const std::string> arguments);

/// A shell's script: sulogin(8) where root has a password, else a shell.
[[nodiscard]] std::vector<std::string> console_shell();

/// Runs the supervisor; nothing when it could not run, or a way to end the machine.
using Supervise = std::function<std::optional<sys::MachineEnd>(const std::vector<std::string>& options, BootMode mode)>;

[[noreturn]] void run(std::span<char* const> arguments, const Supervise& supervise);

}  // namespace supd::machine
