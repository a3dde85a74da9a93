#pragma once

/// The child's side of start(): from clone(2) to execve(2), on borrowed memory and a stack of its own.

#include <sys/types.h>

#include "daemon/single/terminal.hpp"
#include "daemon/sys/exec_search.hpp"

namespace supd::single {

/// Everything the child needs, ready to use; and its answer. Shared memory: the parent is asleep.
struct ChildPlan {
  sys::ExecSearch search;
  const char** script = nullptr;  ///< {shell, path, arguments...}: how a script without #! line is run
  char* listen_pid = nullptr;     ///< where in the environment the child's own pid goes; nullptr: nowhere
  bool new_session = true;
  bool to_foreground = false;
  Terminal terminal;

  int error = 0;  ///< errno value: nothing was executed
};

/// Digits of a pid, and the zero behind them.
inline constexpr int pid_text_size = 12;

/// For clone(2): `plan` is a ChildPlan. Never returns.
int run_child(void* plan);

}  // namespace supd::single
