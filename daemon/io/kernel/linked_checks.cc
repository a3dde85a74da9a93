/// The pair the engine waits for children with: a poll of the pidfd, and linked to it a waitid that leaves the zombie.
/// The waitid starts only when the child has ended, so it is never armed and never has to be cancelled.

#include <sys/wait.h>

#include <array>
#include <cerrno>

#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"

namespace supd::kernel {
namespace {

constexpr std::uint64_t poll_tag = 21;
constexpr std::uint64_t wait_tag = 22;
constexpr std::uint64_t cancel_tag = 23;

struct LinkedTrial : Trial {
  LinkedTrial() : Trial(io::uring::op_waitid) {}

  void arm(const Child& child) {
    prepare_poll(ring(), poll_tag, child.pidfd()).flags |= IOSQE_IO_LINK;
    prepare_waitid(ring(), wait_tag, {P_PIDFD, child.pidfd(), WEXITED | WNOWAIT}, &info);
  }

  void expect_exit(const Child& child, int code) {
    const Cqe poll = next("the poll's");
    equal("the tag of the first completion", static_cast<std::int64_t>(poll.tag), poll_tag);
    expect(poll.res > 0, "the poll says nothing is ready");
    next_is(wait_tag, 0);
    child_is(child.pid(), CLD_EXITED, code);
    expect(!good() || child.waitable(), "the child was reaped in spite of WNOWAIT");
  }
};

Outcome exit_comes_through() {
  LinkedTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child);
  trial.nothing_more();
  child.finish(9);
  trial.expect_exit(child, 9);
  return trial.outcome();
}

Outcome early_exit_comes_through() {
  LinkedTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  child.finish(8);
  trial.expect(child.wait_for_zombie(), "the child did not end");
  trial.arm(child);
  trial.expect_exit(child, 8);
  return trial.outcome();
}

Outcome cancel_ends_both() {
  LinkedTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child);
  trial.nothing_more();
  prepare_cancel(trial.ring(), cancel_tag, poll_tag);
  for (int i = 0; i < 3; ++i) {
    const Cqe cqe = trial.next("three: of the poll, the waitid and the cancel");
    const bool of_cancel = cqe.tag == cancel_tag;
    trial.equal(of_cancel ? "the cancel's result" : "the result of the cancelled", cqe.res, of_cancel ? 0 : -ECANCELED);
  }
  trial.nothing_more();
  child.finish(1);
  trial.expect(!trial.good() || child.wait_for_zombie(), "the child can't be waited for after the cancel");
  return trial.outcome();
}

constexpr std::array checks{
    Check{"linked-exit", "a poll of a pidfd with a linked waitid tells the exit and leaves the zombie", "", Need::vital,
          exit_comes_through},
    Check{"linked-early-exit", "the same for a child that ended before it was asked for", "", Need::vital,
          early_exit_comes_through},
    Check{"linked-cancel", "cancelling the poll ends the linked waitid with -ECANCELED and leaves the child", "",
          Need::vital, cancel_ends_both},
};

}  // namespace

std::span<const Check> linked_checks() { return checks; }

}  // namespace supd::kernel
