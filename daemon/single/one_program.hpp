#pragma once

/// supd around one program: passes signals on, reaps, follows the terminal, ends as the program does.
///
/// All signals are blocked and taken one at a time; nothing runs concurrently. The child stays unreaped until
/// the last signal for it or its group was sent: its pid, and so the group's number, mean nobody else.

#include <sys/types.h>

#include "daemon/single/options.hpp"
#include "daemon/single/terminal.hpp"
#include "units/base/exit_status.hpp"

namespace supd::single {

class OneProgram {
 public:
  OneProgram(const Options& options, Terminal terminal, pid_t child);

  /// Until the child, and in the grace what is left of it, has ended. Returns supd's exit code.
  int run();

 private:
  void take(int signal);
  void pass_on(int signal);
  void send(pid_t to, int signal) const;
  bool reap();  ///< true: the child has ended, and is a zombie still
  void follow_stop(int signal);
  bool hand_over();  ///< true: the child's group has the terminal now
  void let_go_on();
  int finish();

  const Options& options_;
  Terminal terminal_;  ///< of our own session; not present: no job control
  pid_t child_, target_;
  ExitStatus exit_;
  bool held_ = false;     ///< stopped for want of the terminal, and nobody above who would let it go on
  int asked_to_end_ = 0;  ///< terminating signals so far
};

}  // namespace supd::single
