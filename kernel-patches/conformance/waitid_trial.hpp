// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"
#include "suite.hpp"

namespace conformance {

using supd::kernel::Child;
using supd::kernel::Cqe;
using supd::kernel::RingShape;
using supd::kernel::Trial;
using supd::kernel::WaitFor;

/// A trial of IORING_OP_WAITID.
struct WaitTrial : Trial {
  static constexpr std::uint64_t wait_tag = 11;
  static constexpr std::uint64_t cancel_tag = 12;
  static constexpr std::uint64_t poll_tag = 13;

  explicit WaitTrial(RingShape shape = {}) : Trial(supd::io::uring::op_waitid, shape) {}

  io_uring_sqe& arm(WaitFor what) { return prepare_waitid(ring(), wait_tag, what, &info); }
  io_uring_sqe& arm(const Child& child, unsigned options) { return arm({P_PIDFD, child.pidfd(), options}); }

  /// Ends the request before this one, which has IOSQE_IO_LINK, after `limit`: that has to live until it is submitted.
  void limit_last(std::uint64_t tag, __kernel_timespec& limit);
  /// The waitid ends by something else that completes, too, and leaves the child waitable.
  void expect_cancelled(const Child& child);
};

using Children = std::vector<std::unique_ptr<Child>>;

/// `count` live children; the trial is over when they can't be had.
Children start_children(Trial& trial, std::size_t count);

/// Runs `part` in a forked child and gives its exit code, or -1 when it was killed.
template <class Part>
int in_fork(Part part) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(part());
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace conformance
