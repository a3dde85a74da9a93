// SPDX-License-Identifier: GPL-2.0-only
/// What IORING_OP_WAITID makes of its arguments.

#include <array>
#include <cerrno>

#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;

/// The result of arming for `what`, which has to come at once.
Outcome refused(WaitFor what, int error) {
  WaitTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm(what);
  trial.next_is(WaitTrial::wait_tag, -error);
  return trial.outcome();
}

Outcome no_such_idtype() { return refused({99, 1, WEXITED}, EINVAL); }
Outcome no_options() { return refused({P_PID, 1, 0}, EINVAL); }
Outcome only_nohang() { return refused({P_PID, 1, WNOHANG}, EINVAL); }
Outcome unknown_option() { return refused({P_PID, 1, WEXITED | 0x40}, EINVAL); }
Outcome zero_pid() { return refused({P_PID, 0, WEXITED}, EINVAL); }
Outcome negative_pidfd() { return refused({P_PIDFD, -1, WEXITED}, EINVAL); }

Outcome descriptor_that_is_no_pidfd() {
  const Pipe pipe = make_pipe();
  return refused({P_PIDFD, pipe.reader.get(), WEXITED}, EBADF);
}

template <class Change>
Outcome refused_field(Change change) {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  change(trial.arm(child, WEXITED));
  trial.next_is(WaitTrial::wait_tag, -EINVAL);
  return trial.outcome();
}

Outcome flags_field() {
  return refused_field([](io_uring_sqe& sqe) { sqe.rw_flags = 1; });  // waitid_flags is at the same place
}
Outcome buf_index_field() {
  return refused_field([](io_uring_sqe& sqe) { sqe.buf_index = 1; });
}
Outcome addr3_field() {
  return refused_field([](io_uring_sqe& sqe) { sqe.addr3 = 1; });
}

Outcome bad_pointer() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED).addr2 = 16;
  trial.nothing_more();
  child.finish(0);
  trial.next_is(WaitTrial::wait_tag, -EFAULT);
  trial.expect(!trial.good() || !child.waitable(), "the child was not reaped");
  return trial.outcome();
}

Outcome no_pointer() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED).addr2 = 0;
  trial.nothing_more();
  child.finish(0);
  trial.next_is(WaitTrial::wait_tag, 0);
  trial.expect(!trial.good() || !child.waitable(), "the child was not reaped");
  return trial.outcome();
}

constexpr std::array checks{
    Check{"waitid-idtype", "an unknown idtype is -EINVAL", "", Need::useful, no_such_idtype},
    Check{"waitid-no-options", "no option at all is -EINVAL", "", Need::useful, no_options},
    Check{"waitid-only-nohang", "WNOHANG without a kind of event is -EINVAL", "", Need::useful, only_nohang},
    Check{"waitid-unknown-option", "an unknown option is -EINVAL", "", Need::useful, unknown_option},
    Check{"waitid-zero-pid", "P_PID with 0 is -EINVAL", "", Need::useful, zero_pid},
    Check{"waitid-negative-pidfd", "P_PIDFD with a negative number is -EINVAL", "", Need::useful, negative_pidfd},
    Check{"waitid-no-pidfd", "P_PIDFD with another kind of descriptor is -EBADF", "", Need::useful,
          descriptor_that_is_no_pidfd},
    Check{"waitid-flags-reserved", "a bit in waitid_flags is -EINVAL", "", Need::useful, flags_field},
    Check{"waitid-buf-index-reserved", "a value in buf_index is -EINVAL", "", Need::useful, buf_index_field},
    Check{"waitid-addr3-reserved", "a value in addr3 is -EINVAL", "", Need::useful, addr3_field},
    Check{"waitid-bad-pointer", "a siginfo that can't be written is -EFAULT, and the child is reaped", "", Need::useful,
          bad_pointer},
    Check{"waitid-no-pointer", "without a siginfo the child is waited for all the same", "", Need::useful, no_pointer},
};

}  // namespace

std::span<const Check> waitid_argument_checks() { return checks; }

}  // namespace conformance
