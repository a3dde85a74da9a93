// SPDX-License-Identifier: GPL-2.0-only
/// Waitids that a worker of io-wq takes first, as IOSQE_ASYNC asks for, and that are cancelled on their way.

#include <array>
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

/// Many waitids, one after the other, each with `flags` and ended by what `end` adds.
template <class End>
Outcome end_each(unsigned flags, End end) {
  WaitTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    trial.arm(child, WEXITED).flags |= static_cast<std::uint8_t>(IOSQE_ASYNC | flags);
    end(trial, round);
    trial.expect_cancelled(child);
  }
  return trial.outcome();
}

Outcome cancel() {
  return end_each(0, [](WaitTrial& trial, int round) {
    trial.ring().submit();
    let_workers_work(round);
    prepare_cancel(trial.ring(), cancel_tag, wait_tag);
  });
}

Outcome timeout() {
  return end_each(IOSQE_IO_LINK, [](WaitTrial& trial, int round) {
    __kernel_timespec limit{0, 500'000};
    trial.limit_last(timeout_tag, limit);
    trial.ring().submit();
    let_workers_work(round);
  });
}

constexpr std::array checks{
    Check{"waitid-in-worker-cancel", "a waitid with IOSQE_ASYNC can be cancelled at any time", "", Need::useful,
          cancel},
    Check{"waitid-in-worker-timeout", "a linked timeout ends a waitid with IOSQE_ASYNC", "", Need::useful, timeout},
};

}  // namespace

std::span<const Check> waitid_worker_checks() { return checks; }

}  // namespace conformance
