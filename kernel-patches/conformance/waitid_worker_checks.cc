// SPDX-License-Identifier: GPL-2.0-only
/// Waitids that a worker of io-wq takes first, as IOSQE_ASYNC asks for, and that are cancelled on their way.

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t wait_tag = WaitTrial::wait_tag;
constexpr std::uint64_t cancel_tag = WaitTrial::cancel_tag;
constexpr std::uint64_t timeout_tag = WaitTrial::poll_tag;

/// Time for a worker to do what it does with the request. There is no event that tells: shorter would find less.
void let_workers_work(int round) {
  if (round % 2 != 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

/// The waitid must end by the cancel or the timeout, and the child is still there.
void expect_cancelled(WaitTrial& trial, const Child& child) {
  for (int i = 0; i < 2 && trial.good(); ++i) {
    const Cqe cqe = trial.next("the waitid's, or of what cancels it");
    if (cqe.tag == wait_tag) trial.equal("the waitid's result", cqe.res, -ECANCELED);
  }
  child.finish(0);
  trial.expect(!trial.good() || child.wait_for_zombie(), "the child can't be waited for after the cancel");
}

Outcome cancel() {
  WaitTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    trial.arm(child, WEXITED).flags |= IOSQE_ASYNC;
    trial.ring().submit();
    let_workers_work(round);
    prepare_cancel(trial.ring(), cancel_tag, wait_tag);
    expect_cancelled(trial, child);
  }
  return trial.outcome();
}

Outcome timeout() {
  WaitTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    trial.arm(child, WEXITED).flags |= IOSQE_ASYNC | IOSQE_IO_LINK;
    __kernel_timespec limit{0, 500'000};
    io_uring_sqe& sqe = trial.ring().request(IORING_OP_LINK_TIMEOUT, timeout_tag);
    sqe.fd = -1;
    sqe.addr = reinterpret_cast<std::uintptr_t>(&limit);
    sqe.len = 1;
    trial.ring().submit();
    let_workers_work(round);
    expect_cancelled(trial, child);
  }
  return trial.outcome();
}

constexpr std::array checks{
    Check{"waitid-in-worker-cancel", "a waitid with IOSQE_ASYNC can be cancelled at any time", "", Need::useful,
          cancel},
    Check{"waitid-in-worker-timeout", "a linked timeout ends a waitid with IOSQE_ASYNC", "", Need::useful, timeout},
};

}  // namespace

std::span<const Check> waitid_worker_checks() { return checks; }

}  // namespace conformance
