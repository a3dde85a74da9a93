#pragma once

/// What is left once the child has ended: asked to end, given time, and killed. Only children are signalled:
/// this process alone reaps them, so their pids are pinned.

#include <sys/types.h>

#include <unordered_set>

#include "units/base/time.hpp"

namespace supd::single {

/// A signal that asks a program to end: SIGTERM, SIGINT, SIGQUIT.
[[nodiscard]] bool is_terminating(int signal);

class Leftovers {
 public:
  /// `asked_group`: a process group that was sent SIGTERM already; 0: none. `asked`: terminating signals that
  /// supd has got so far.
  Leftovers(pid_t asked_group, int asked) : asked_group_(asked_group), asked_(asked) {}

  /// Returns when nothing is left, or when what is left can't be ended.
  void end(Duration grace);

 private:
  void wait(Instant deadline);
  void ask_new_ones();
  void kill();
  static void reap();

  pid_t asked_group_;
  int asked_;
  std::unordered_set<pid_t> told_;  ///< children that need not be asked to end (again)
};

}  // namespace supd::single
