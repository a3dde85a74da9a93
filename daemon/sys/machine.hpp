#pragma once

/// What only the first process of a machine does: its name, its loopback, its end (reboot(2)).

#include <string>

#include "units/base/error.hpp"

namespace supd::sys {

[[nodiscard]] Result<void> set_hostname(const std::string& name);
[[nodiscard]] Result<void> bring_loopback_up();

/// Ctrl-Alt-Del is SIGINT for us from now on, and no reboot without a word.
[[nodiscard]] Result<void> take_ctrl_alt_del();

enum class MachineEnd : std::uint8_t { poweroff, reboot, halt };

/// Only as PID 1. At once: nothing is stopped, flushed or unmounted. Does not return where it is done. In a pid
/// namespace the kernel ends the namespace (pid_namespaces(7)).
[[nodiscard]] Result<void> end_machine(MachineEnd end);

/// The same as anybody with CAP_SYS_BOOT: for a person who has said so twice.
[[nodiscard]] Result<void> end_machine_by_force(MachineEnd end);

/// PID 1 and not that of a pid namespace (namespaces(7)): what a machine's disks and swap are is not ours to say then.
/// Needs no /proc: only in the first namespace does the kernel let PID 1 have Ctrl-Alt-Del, which it has then.
[[nodiscard]] bool is_whole_machine();

/// To every process of this pid namespace but ourselves; false: there was none. Only as PID 1: EPERM, and nothing is
/// signalled, as anybody else.
bool signal_all(int signal);

}  // namespace supd::sys
