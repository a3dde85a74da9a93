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

/// Makes the table of supd's options, which takes a while that others have not got.
using MakeOptions = KnownOptions (*)();

/// Whether this process is one, by its pid, its name and `--init`.
[[nodiscard]] bool requested(std::span<char* const> arguments, MakeOptions known);

/// How to boot. The arguments count; where they say nothing of it, an initramfs may not have passed on what it was
/// given, and the kernel's command line is read as arguments would be.
[[nodiscard]] BootMode mode_of(std::span<const std::string> arguments, std::string_view kernel_command_line,
                               const KnownOptions& known);

/// A shell's script: sulogin(8) where root has a password, else a shell.
[[nodiscard]] std::vector<std::string> console_shell();

/// Runs the supervisor; nothing when it could not run, or a way to end the machine.
using Supervise = std::function<std::optional<sys::MachineEnd>(const std::vector<std::string>& options, BootMode mode)>;

/// An exception that nothing has caught ends in a shell, and then in another try.
[[noreturn]] void run(std::span<char* const> arguments, MakeOptions known, const Supervise& supervise) noexcept;

}  // namespace supd::machine
