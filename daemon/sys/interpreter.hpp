#pragma once

/// What a program file names to be run by: the interpreter of its #! line (execve(2)), or the dynamic loader of an ELF
/// file (PT_INTERP of elf(5)). When that is not there, execve says ENOENT, as if the file itself were missing.

#include <array>

namespace supd::sys {

using InterpreterName = std::array<char, 256>;

/// Fills in what is missing to run `path`, an interpreter's own interpreter included. "": nothing is, or it can't be
/// seen. Async-signal-safe, and allocates nothing.
void missing_interpreter(const char* path, InterpreterName& name);

}  // namespace supd::sys
