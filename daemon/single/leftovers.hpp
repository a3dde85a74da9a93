#pragma once

/// What is left once the child has ended: asked to end, given time, and killed. Children are signalled by their
/// numbers: this process alone reaps them, so those are pinned. Whatever is below them is only asked, and as exactly
/// the process that was looked at.

#include <sys/types.h>

#include <set>

#include "daemon/sys/proc_tree.hpp"
#include "units/base/time.hpp"

namespace supd::single {

/// A signal that asks a program to end: SIGTERM, SIGINT, SIGQUIT.
[[nodiscard]] bool is_terminating(int signal);

class Leftovers {
 public:
  /// `asked_group`: a process group that is not asked any more, be it that it was or that it shall not be; 0: none.
  /// `asked`: terminating signals that supd has got so far.
  Leftovers(pid_t asked_group, int asked) : asked_group_(asked_group), asked_(asked) {}

  /// Returns when nothing is left, or when what is left can't be ended.
  void end(Duration grace);

 private:
  void wait(Instant deadline);
  void ask_new_ones();
  void ask(std::set<sys::ProcessId>& now, const sys::ProcessInfo& process, bool child);
  void kill();
  static void reap();

  pid_t asked_group_;
  int asked_;
  std::set<sys::ProcessId> told_;  ///< who need not be asked to end (again)
};

}  // namespace supd::single
