// SPDX-License-Identifier: GPL-2.0-only
/// Ways to cancel waitids. On a kernel without the fixes some of these hang or corrupt memory.

#include <array>
#include <cerrno>

#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t wait_tag = WaitTrial::wait_tag;
constexpr std::uint64_t cancel_tag = WaitTrial::cancel_tag;
constexpr std::uint64_t poll_tag = WaitTrial::poll_tag;
constexpr std::uint64_t first_tag = 1000;

io_uring_sqe& prepare_cancel_all(WaitTrial& trial) {
  io_uring_sqe& sqe = prepare_cancel(trial.ring(), cancel_tag, 0);
  sqe.cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
  return sqe;
}

/// Takes the completions of `count` cancelled waitids and of the one cancel, in whatever order.
void expect_all_cancelled(WaitTrial& trial, int count) {
  int cancelled = 0;
  for (int i = 0; i <= count && trial.good(); ++i) {
    const Cqe cqe = trial.next(std::to_string(cancelled) + " of " + std::to_string(count) + " waitids have ended");
    if (!trial.good()) return;
    if (cqe.tag == cancel_tag) {
      trial.expect(cqe.res > 0, "the cancel found nothing");
    } else {
      trial.equal("the result of a cancelled waitid", cqe.res, -ECANCELED);
      ++cancelled;
    }
  }
  trial.equal("cancelled waitids", cancelled, count);
  trial.nothing_more();
}

/// Twice, for a kernel that leaves something of the first time on its list.
Outcome cancel_all(int count) {
  WaitTrial trial({1024, 4096});
  siginfo_t info{};
  const Children children = start_children(trial, 8);
  for (int round = 0; round < 2 && trial.good(); ++round) {
    for (int i = 0; i < count; ++i) {
      const int pidfd = children.at(static_cast<unsigned>(i) % children.size())->pidfd();
      prepare_waitid(trial.ring(), first_tag + static_cast<unsigned>(i), {P_PIDFD, pidfd, WEXITED}, &info);
    }
    trial.nothing_more();
    if (trial.good()) prepare_cancel_all(trial);
    expect_all_cancelled(trial, count);
  }
  for (const auto& child : children) {
    if (!trial.good()) break;
    child->finish(0);
    trial.expect(child->wait_for_zombie(), "a child can't be waited for after the cancel");
  }
  return trial.outcome();
}

Outcome cancel_all_of_two() { return cancel_all(2); }
Outcome cancel_all_of_many() { return cancel_all(1000); }

/// Without ALL at least one of two must end; kernels differ in whether it is both. What is left tells the exit.
Outcome cancel_any() {
  WaitTrial trial;
  siginfo_t info{};
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  for (const std::uint64_t tag : {first_tag, first_tag + 1}) {
    prepare_waitid(trial.ring(), tag, {P_PIDFD, child.pidfd(), WEXITED | WNOWAIT}, &info);
  }
  trial.nothing_more();
  prepare_cancel(trial.ring(), cancel_tag, 0).cancel_flags = IORING_ASYNC_CANCEL_ANY;
  trial.ring().submit();
  child.finish(0);
  int cancelled = 0;
  while (trial.good() && trial.ring().in_flight() > 0) {
    const Cqe cqe = trial.next("two waitids' and the cancel's");
    const bool known = cqe.tag == cancel_tag ? cqe.res >= 0 : cqe.res == 0 || cqe.res == -ECANCELED;
    trial.expect(known, "a result is neither that of success nor that of a cancelled waitid");
    if (cqe.tag != cancel_tag && cqe.res == -ECANCELED) ++cancelled;
  }
  trial.expect(cancelled > 0, "no waitid was cancelled");
  return trial.outcome();
}

/// A waitid is found by its tag alone: it has no file.
Outcome cancel_by_descriptor() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED);
  trial.nothing_more();
  io_uring_sqe& sqe = prepare_cancel(trial.ring(), cancel_tag, 0);
  sqe.fd = child.pidfd();
  sqe.cancel_flags = IORING_ASYNC_CANCEL_FD;
  trial.next_is(cancel_tag, -ENOENT);
  child.finish(3);
  trial.next_is(wait_tag, 0);
  return trial.outcome();
}

Outcome cancel_linked_by_descriptor() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  prepare_poll(trial.ring(), poll_tag, child.pidfd()).flags |= IOSQE_IO_LINK;
  trial.arm(child, WEXITED | WNOWAIT);
  trial.nothing_more();
  io_uring_sqe& sqe = prepare_cancel(trial.ring(), cancel_tag, 0);
  sqe.fd = child.pidfd();
  sqe.cancel_flags = IORING_ASYNC_CANCEL_FD;
  for (int i = 0; i < 3; ++i) {
    const Cqe cqe = trial.next("three: of the poll, the waitid and the cancel");
    const bool of_cancel = cqe.tag == cancel_tag;
    trial.equal(of_cancel ? "the cancel's result" : "the result of the cancelled", cqe.res, of_cancel ? 0 : -ECANCELED);
  }
  return trial.outcome();
}

Outcome cancel_of_ended() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED);
  trial.nothing_more();
  child.finish(3);
  trial.next_is(wait_tag, 0);
  prepare_cancel(trial.ring(), cancel_tag, wait_tag);
  trial.next_is(cancel_tag, -ENOENT);
  return trial.outcome();
}

/// The child is dead already, the waitid knows, but its completion has not been made yet.
Outcome cancel_behind_exit() {
  WaitTrial trial;
  for (int round = 0; round < 200 && trial.good(); ++round) {
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    trial.arm(child, WEXITED);
    trial.nothing_more();
    child.signal(SIGKILL);
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(child.pidfd()), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    prepare_cancel(trial.ring(), cancel_tag, wait_tag);
    int result = 1;
    for (int i = 0; i < 2; ++i) {
      const Cqe cqe = trial.next("the waitid's or the cancel's");
      if (cqe.tag == wait_tag) result = cqe.res;
    }
    trial.expect(result == 0 || result == -ECANCELED, "the waitid's result is neither 0 nor -ECANCELED");
    trial.equal("the child is still a zombie", trial.good() && child.waitable(), trial.good() && result != 0);
  }
  return trial.outcome();
}

/// The children are dead and the waitids know, but have not completed: cancelling all must not find one again and
/// again.
Outcome cancel_all_behind_exits() {
  WaitTrial trial({64, 256});
  std::array<siginfo_t, 8> infos{};
  const Children children = start_children(trial, infos.size());
  if (!trial.good()) return trial.outcome();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    prepare_waitid(trial.ring(), first_tag + i, {P_PIDFD, children[i]->pidfd(), WEXITED}, &infos[i]);
  }
  trial.nothing_more();
  for (const auto& child : children) child->signal(SIGKILL);
  for (const auto& child : children) trial.expect(child->wait_for_zombie(), "a killed child did not end");
  if (trial.good()) prepare_cancel_all(trial);
  while (trial.good() && trial.ring().in_flight() > 0) {
    const Cqe cqe = trial.next("eight waitids' and the cancel's");
    if (!trial.good() || cqe.tag == cancel_tag) continue;
    trial.expect(cqe.res == 0 || cqe.res == -ECANCELED, "a waitid's result is neither 0 nor -ECANCELED");
    const bool waitable = children.at(cqe.tag - first_tag)->waitable();
    trial.equal("the child is still a zombie", waitable, cqe.res != 0);
  }
  return trial.outcome();
}

Outcome time_limit_on_waitid() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED).flags |= IOSQE_IO_LINK;
  __kernel_timespec limit{0, 1'000'000};
  trial.limit_last(poll_tag, limit);
  trial.expect_cancelled(child);
  return trial.outcome();
}

constexpr std::string_view fix_cancel_all = "2b35b8b (io_uring/waitid: always remove waitid entry for cancel all)";
constexpr std::string_view fix_race = "2f8229d (io_uring/waitid: always prune wait queue entry in io_waitid_wait())";

constexpr std::array checks{
    Check{"waitid-cancel-all", "cancelling everything ends two armed waitids", fix_cancel_all, Need::useful,
          cancel_all_of_two},
    Check{"waitid-cancel-all-many", "cancelling everything ends a thousand armed waitids", fix_cancel_all, Need::useful,
          cancel_all_of_many},
    Check{"waitid-cancel-all-behind-exits", "cancelling everything ends waitids whose children have ended already",
          fix_cancel_all, Need::useful, cancel_all_behind_exits},
    Check{"waitid-cancel-any", "cancelling any request ends an armed waitid, and what is left tells the exit", "",
          Need::useful, cancel_any},
    Check{"waitid-cancel-by-fd", "a cancel by descriptor does not find a waitid", "", Need::useful,
          cancel_by_descriptor},
    Check{"linked-cancel-by-fd", "a cancel by descriptor finds the poll and ends the linked waitid", "", Need::useful,
          cancel_linked_by_descriptor},
    Check{"waitid-cancel-ended", "the cancel of an ended waitid is -ENOENT", "", Need::useful, cancel_of_ended},
    Check{"waitid-cancel-behind-exit", "a cancel after the exit leaves one completion, and no child lost", fix_race,
          Need::useful, cancel_behind_exit},
    Check{"waitid-timeout", "a linked timeout ends an armed waitid with -ECANCELED", "", Need::useful,
          time_limit_on_waitid},
};

}  // namespace

std::span<const Check> waitid_cancel_checks() { return checks; }

}  // namespace conformance
