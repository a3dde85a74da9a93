// SPDX-License-Identifier: GPL-2.0-only
#pragma once

/// Parts that this program plays in other processes: it starts itself again with one of these as its first word.

namespace conformance {

/// Ends at once with the exit code that follows.
inline constexpr const char* exit_word = "--exit-now";

/// Kills the child with the pid that follows and ends with 0 if it can be waited for as usual.
inline constexpr const char* after_exec_word = "--after-exec";

inline constexpr const char* own_path = "/proc/self/exe";

/// Plays the part and does not return, if the words ask for one.
void play_a_part(int count, char** words);

}  // namespace conformance
