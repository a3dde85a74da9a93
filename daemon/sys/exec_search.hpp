#pragma once

/// execve(2) of a path, or of a name in each directory of a search path, as execvp(3) does it. For a child
/// that runs on its parent's memory: no allocation, no lock.

#include <linux/limits.h>

#include <array>
#include <string>

#include "daemon/sys/interpreter.hpp"

namespace supd::sys {

struct ExecSearch {
  const char* const* argv = nullptr;   ///< NULL-terminated; argv[0] is what to execute
  const char* const* envp = nullptr;   ///< NULL-terminated
  const char* search_path = nullptr;   ///< to find a name without '/' in; nullptr: argv[0] is a path
  std::array<char, PATH_MAX> tried{};  ///< the last path that execve was called with, or the one that is there
  /// With ENOENT, when `tried` is there: what is not, and has to be to run it. Else "".
  InterpreterName interpreter{};

  [[nodiscard]] bool misses_interpreter() const { return interpreter[0] != '\0'; }
  /// Not for the child.
  [[nodiscard]] std::string missing_text() const {
    return std::string(tried.data()) +
           " is there, but not the interpreter (#!) or dynamic loader that it names: " + interpreter.data();
  }
};

/// Returns only when nothing could be executed, with the errno value that says why: EACCES of one directory
/// comes before ENOENT of the others.
[[nodiscard]] int exec_search(ExecSearch& search);

}  // namespace supd::sys
