// SPDX-License-Identifier: GPL-2.0-only
/// Which events IORING_OP_WAITID tells, and for whom. Each check runs in a process of its own, so P_ALL may be used.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t wait_tag = WaitTrial::wait_tag;
constexpr std::uint64_t other_tag = 14;

/// One live child, and a waitid for it by `what_of(child)`; it ends with 7 and that must be told.
template <class WhatOf>
Outcome tells_exit(WhatOf what_of, unsigned flags = 0) {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(what_of(child)).flags |= static_cast<std::uint8_t>(flags);
  trial.nothing_more();
  child.finish(7);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 7);
  trial.expect(!trial.good() || !child.waitable(), "the child was not reaped");
  return trial.outcome();
}

Outcome by_pid() {
  return tells_exit([](const Child& child) { return WaitFor{P_PID, child.pid(), WEXITED}; });
}
Outcome by_all() {
  return tells_exit([](const Child&) { return WaitFor{P_ALL, 0, WEXITED}; });
}
Outcome by_group() {
  return tells_exit([](const Child& child) {
    ::setpgid(child.pid(), child.pid());
    return WaitFor{P_PGID, child.pid(), WEXITED};
  });
}
Outcome in_worker() {
  return tells_exit([](const Child& child) { return WaitFor{P_PIDFD, child.pidfd(), WEXITED}; }, IOSQE_ASYNC);
}

Outcome exit_codes() {
  WaitTrial trial;
  for (const unsigned code : {0U, 1U, 127U, 128U, 255U}) {
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    trial.arm(child, WEXITED);
    trial.nothing_more();
    child.finish(code);
    trial.next_is(wait_tag, 0);
    trial.child_is(child.pid(), CLD_EXITED, static_cast<int>(code));
    trial.equal("si_uid", trial.info.si_uid, ::getuid());
  }
  return trial.outcome();
}

Outcome stop_and_go() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WSTOPPED);
  trial.nothing_more();
  child.signal(SIGSTOP);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_STOPPED, SIGSTOP);
  trial.arm(child, WCONTINUED);
  trial.nothing_more();
  child.signal(SIGCONT);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_CONTINUED, SIGCONT);
  return trial.outcome();
}

/// A stop is not what a waitid for exits waits for.
Outcome stop_is_no_exit() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED);
  trial.nothing_more();
  child.signal(SIGSTOP);
  siginfo_t info{};
  trial.equal("waitid(2) for the stop", ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WSTOPPED), 0);
  trial.nothing_more();
  child.signal(SIGCONT);
  child.finish(2);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 2);
  return trial.outcome();
}

Outcome all_without_children() {
  WaitTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm({P_ALL, 0, WEXITED});
  trial.next_is(wait_tag, -ECHILD);
  return trial.outcome();
}

Outcome two_waits_for_one_exit() {
  WaitTrial trial;
  siginfo_t other{};
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm({P_PID, child.pid(), WEXITED});
  prepare_waitid(trial.ring(), other_tag, {P_ALL, 0, WEXITED}, &other);
  trial.nothing_more();
  child.finish(4);
  const Cqe first = trial.next("the first of two waitids");
  const Cqe second = trial.next("the second of two waitids");
  trial.expect(first.tag != second.tag, "one waitid completed twice");
  trial.equal("the better result", std::max(first.res, second.res), 0);
  trial.equal("the worse result", std::min(first.res, second.res), -ECHILD);
  return trial.outcome();
}

/// What waitid(2) makes of it is -EAGAIN; the operation looks once, and then says either that or 0 and si_pid 0.
Outcome nonblocking_pidfd() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  if (::fcntl(child.pidfd(), F_SETFL, O_NONBLOCK) != 0) trial.not_supported("a pidfd can't be made O_NONBLOCK");
  trial.arm(child, WEXITED);
  const Cqe cqe = trial.next("at once: the pidfd is O_NONBLOCK");
  trial.expect(cqe.res == 0 || cqe.res == -EAGAIN, "the result is neither 0 nor -EAGAIN");
  trial.equal("si_pid", trial.info.si_pid, 0);
  child.finish(6);
  trial.expect(!trial.good() || child.wait_for_zombie(), "the child can't be waited for");
  trial.arm(child, WEXITED);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 6);
  return trial.outcome();
}

/// The zombie goes when the waitid runs as task work, so the pid is free before anybody looks at the completion.
Outcome reaped_before_seen() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, WEXITED);
  trial.nothing_more();
  child.finish(0);
  __kernel_timespec limit{patience.count() / 1000, 0};
  io_uring_cqe* cqe = nullptr;
  trial.equal("waiting for the completion", io_uring_wait_cqes(trial.ring().raw(), &cqe, 1, &limit, nullptr), 0);
  siginfo_t info{};
  trial.equal("waitid(2) before the completion is taken", child.poll(info, WEXITED), ECHILD);
  trial.next_is(wait_tag, 0);
  return trial.outcome();
}

Outcome ignored_sigchld() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  ::signal(SIGCHLD, SIG_IGN);
  trial.arm(child, WEXITED);
  trial.nothing_more();
  child.finish(0);
  trial.next_is(wait_tag, -ECHILD);
  return trial.outcome();
}

/// Two waitids for the same zombie, one after the other, by P_ALL with WNOWAIT: how orphans are found.
Outcome all_with_nowait() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm({P_ALL, 0, WEXITED | WNOWAIT});
  trial.nothing_more();
  child.finish(12);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 12);
  trial.info = {};
  trial.arm({P_ALL, 0, WEXITED | WNOWAIT});
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 12);
  trial.expect(!trial.good() || child.waitable(), "the child was reaped in spite of WNOWAIT");
  return trial.outcome();
}

constexpr std::array checks{
    Check{"waitid-by-pid", "P_PID tells the exit of that child", "", Need::useful, by_pid},
    Check{"waitid-by-all", "P_ALL tells the exit of any child", "", Need::useful, by_all},
    Check{"waitid-by-group", "P_PGID tells the exit of a child in that group", "", Need::useful, by_group},
    Check{"waitid-in-worker", "with IOSQE_ASYNC a waitid tells the exit too", "", Need::useful, in_worker},
    Check{"waitid-exit-codes", "exit codes from 0 to 255 are told as they are, with the user's id", "", Need::useful,
          exit_codes},
    Check{"waitid-stop-and-go", "WSTOPPED and WCONTINUED tell CLD_STOPPED and CLD_CONTINUED", "", Need::useful,
          stop_and_go},
    Check{"waitid-stop-is-no-exit", "a stop does not end a waitid for exits", "", Need::useful, stop_is_no_exit},
    Check{"waitid-all-no-children", "P_ALL without any child is -ECHILD at once", "", Need::useful,
          all_without_children},
    Check{"waitid-two-waits", "of two waitids for one exit one gets 0, the other -ECHILD", "", Need::useful,
          two_waits_for_one_exit},
    Check{"waitid-nonblocking-pidfd", "an O_NONBLOCK pidfd of a live child completes at once", "", Need::useful,
          nonblocking_pidfd},
    Check{"waitid-reaped-before-seen", "the child is reaped before its completion is taken", "", Need::useful,
          reaped_before_seen},
    Check{"waitid-sigchld-ignored", "with SIGCHLD ignored the exit is -ECHILD", "", Need::useful, ignored_sigchld},
    Check{"waitid-all-nowait", "P_ALL with WNOWAIT finds the same zombie again", "", Need::useful, all_with_nowait},
};

}  // namespace

std::span<const Check> waitid_event_checks() { return checks; }

}  // namespace conformance
