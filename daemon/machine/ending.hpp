#pragma once

/// The end of a machine, once units and logs are down: the rest is killed, file systems are unmounted, the kernel is
/// told. Each step has a time: a disk or a server that hangs does not keep the machine.

#include "daemon/sys/machine.hpp"

namespace supd::machine {

inline constexpr int term_ms = 2000;   ///< for what got SIGTERM
inline constexpr int kill_ms = 2000;   ///< for what got SIGKILL
inline constexpr int sync_ms = 10000;  ///< where nothing is unmounted

/// Every process but this one gets SIGTERM, and SIGKILL if that is not enough.
void end_processes();

/// Does not return. Where the kernel refuses, it says so and stays, reaping.
[[noreturn]] void end(sys::MachineEnd how);

}  // namespace supd::machine
