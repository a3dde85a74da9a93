#pragma once

/// Finds the ends of children for which there is no pidfd (no pidfd_open(2), or a seccomp filter that
/// refuses it): SIGCHLD says that something ended, waitid(2) without reaping says whether it is one of
/// ours. Costs nothing until the first such child.

#include <vector>

#include "daemon/io/op_slab.hpp"

namespace supd::io {

class ChildScan {
 public:
  /// Watches a child op that has no fd. The first call blocks SIGCHLD and opens a signalfd; without one
  /// the op's end would never be seen, so that its error is the op's.
  Result<void> add(const Op& op);
  /// For the engine to wait on; invalid as long as there is nothing to scan.
  [[nodiscard]] sys::BorrowedFd signals() const { return signals_.borrow(); }
  /// SIGCHLD was seen, or may have been: the next scan() looks.
  void mark_due() { due_ = true; }
  [[nodiscard]] bool due() const { return due_ && !waiting_.empty(); }
  /// The ops whose children have ended, with their siginfo filled in; or with si_signo 0 for ECHILD.
  /// Each is reported once and then forgotten.
  [[nodiscard]] std::vector<OpId> scan(OpSlab& slab);

 private:
  void drain_signals();

  sys::UniqueFd signals_;
  std::vector<OpId> waiting_;
  bool due_ = false;
};

}  // namespace supd::io
