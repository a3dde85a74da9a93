#pragma once

/// Steps that may hang in the kernel, as sync(2) and umount2(2) do for a disk or a server that does not answer.

#include <functional>
#include <span>
#include <vector>

namespace supd::sys {

enum class Ended : unsigned char { well, badly, hangs };

/// Runs `step` in a child process and waits for it, at most `longest_ms`. One that hangs is killed, and left behind
/// unreaped: in the kernel it may stay all the same. Not for the loop: it waits.
[[nodiscard]] Ended run_aside(int longest_ms, const std::function<bool()>& step);
/// The same for all of them at the same time: many that hang take no longer than one.
[[nodiscard]] std::vector<Ended> run_all_aside(int longest_ms, std::span<const std::function<bool()>> steps);

}  // namespace supd::sys
