/// IORING_OP_WAITID by itself.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/io/kernel/check.hpp"
#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"

namespace supd::kernel {
namespace {

constexpr std::uint64_t wait_tag = 11;
constexpr std::uint64_t cancel_tag = 12;
constexpr unsigned exited = WEXITED;

struct WaitTrial : Trial {
  WaitTrial() : Trial(io::uring::op_waitid) {}
  io_uring_sqe& arm(WaitFor what) { return prepare_waitid(ring(), wait_tag, what, &info); }
  io_uring_sqe& arm(const Child& child, unsigned options) { return arm({P_PIDFD, child.pidfd(), options}); }
};

Outcome exit_is_told() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, exited);
  trial.nothing_more();
  child.finish(7);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_EXITED, 7);
  trial.expect(!trial.good() || !child.waitable(), "the child was not reaped");
  return trial.outcome();
}

Outcome death_by_signal_is_told() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm({P_PID, child.pid(), exited});
  trial.nothing_more();
  child.signal(SIGKILL);
  trial.next_is(wait_tag, 0);
  trial.child_is(child.pid(), CLD_KILLED, SIGKILL);
  return trial.outcome();
}

Outcome zombie_is_left() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  child.finish(3);
  trial.expect(child.wait_for_zombie(), "the child did not end");
  for (int time = 0; time < 2; ++time) {
    trial.info = {};
    trial.arm(child, exited | WNOWAIT);
    trial.next_is(wait_tag, 0);
    trial.child_is(child.pid(), CLD_EXITED, 3);
  }
  trial.expect(!trial.good() || child.waitable(), "the child was reaped in spite of WNOWAIT");
  return trial.outcome();
}

Outcome stranger_is_refused() {
  WaitTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm({P_PID, ::getpid(), exited});  // nobody is a child of its own
  trial.next_is(wait_tag, -ECHILD);
  return trial.outcome();
}

Outcome reaped_child_is_refused() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  child.finish(0);
  trial.expect(child.wait_for_zombie(), "the child did not end");
  siginfo_t info{};
  trial.equal("waitid(2)", child.poll(info, WEXITED), 0);
  trial.arm(child, exited);
  trial.next_is(wait_tag, -ECHILD);
  return trial.outcome();
}

Outcome live_child_with_nohang() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.info.si_pid = 1;
  trial.arm(child, exited | WNOHANG);
  trial.next_is(wait_tag, 0);
  trial.equal("si_pid", trial.info.si_pid, 0);
  return trial.outcome();
}

/// Leaves recognisable bytes in the memory that the kernel uses for requests: the address of a read is kept where a
/// waitid keeps what it found. Without a descriptor the read goes no further.
void dirty_with_reads(Trial& trial) {
  for (int i = 0; i < 32 && trial.good(); ++i) {
    io_uring_sqe& sqe = trial.ring().request(IORING_OP_READ, 100U + static_cast<unsigned>(i));
    sqe.fd = -1;
    sqe.addr = 0x5a5a5a5a5a5a5a5aULL;
    sqe.len = 0x5a5a5a;
    if (i % 16 < 15) continue;
    while (trial.good() && trial.ring().in_flight() > 0) trial.next("a read without a descriptor");
  }
}

/// The same with what earlier waitids found: this zombie.
void dirty_with_waits(Trial& trial, const Child& zombie, siginfo_t& told) {
  const WaitFor what{P_PIDFD, zombie.pidfd(), WEXITED | WNOWAIT};
  for (int i = 0; i < 32 && trial.good(); ++i) {
    prepare_waitid(trial.ring(), 100U + static_cast<unsigned>(i), what, &told);
    if (i % 16 < 15) continue;
    while (trial.good() && trial.ring().in_flight() > 0) trial.next("a waitid for a zombie");
  }
}

std::string stale_bytes(const siginfo_t& info) {
  std::array<unsigned char, sizeof info> bytes{};
  std::memcpy(bytes.data(), &info, sizeof info);
  for (const unsigned char byte : bytes) {
    if (byte == 0) continue;
    return "nothing to tell, but si_pid is " + std::to_string(info.si_pid) + ", si_uid " + std::to_string(info.si_uid) +
           ", si_status " + std::to_string(info.si_status) + ", si_code " + std::to_string(info.si_code);
  }
  return {};
}

void expect_clear(WaitTrial& trial, const Child& alive) {
  for (int i = 0; i < 4 && trial.good(); ++i) {
    std::memset(&trial.info, 0, sizeof trial.info);
    trial.arm(alive, exited | WNOHANG);
    trial.next_is(wait_tag, 0);
    if (std::string stale = stale_bytes(trial.info); !stale.empty()) trial.fail(std::move(stale));
  }
}

Outcome siginfo_is_cleared() {
  siginfo_t told{};
  WaitTrial trial;
  const Child alive;
  const Child zombie;
  trial.expect_valid(alive);
  trial.expect_valid(zombie);
  if (!trial.good()) return trial.outcome();
  zombie.finish(77);
  trial.expect(zombie.wait_for_zombie(), "the child did not end");
  dirty_with_waits(trial, zombie, told);
  expect_clear(trial, alive);
  dirty_with_reads(trial);
  expect_clear(trial, alive);
  return trial.outcome();
}

Outcome cancelled_by_tag() {
  WaitTrial trial;
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  trial.arm(child, exited);
  trial.nothing_more();
  prepare_cancel(trial.ring(), cancel_tag, wait_tag);
  for (int i = 0; i < 2; ++i) {
    const Cqe cqe = trial.next("the waitid's or the cancel's");
    if (cqe.tag == wait_tag) {
      trial.equal("the waitid's result", cqe.res, -ECANCELED);
    } else {
      trial.expect(cqe.res == 0 || cqe.res == 1, "the cancel found nothing");  // kernels differ in 0 or the count
    }
  }
  child.finish(5);
  trial.expect(!trial.good() || child.wait_for_zombie(), "the child can't be waited for after the cancel");
  return trial.outcome();
}

constexpr std::array checks{
    Check{"waitid-exit", "a waitid armed on a live child's pidfd tells its exit code and reaps it", "", Need::vital,
          exit_is_told},
    Check{"waitid-killed", "a waitid armed on a live child's pid tells the signal that ended it", "", Need::useful,
          death_by_signal_is_told},
    Check{"waitid-nowait", "WNOWAIT tells the exit as often as asked and leaves the zombie", "", Need::vital,
          zombie_is_left},
    Check{"waitid-stranger", "a process that is not our child is -ECHILD at once", "", Need::useful,
          stranger_is_refused},
    Check{"waitid-reaped", "a child that was reaped already is -ECHILD at once", "", Need::useful,
          reaped_child_is_refused},
    Check{"waitid-nohang", "WNOHANG on a live child completes at once with 0 and si_pid 0", "", Need::useful,
          live_child_with_nohang},
    Check{"waitid-siginfo-cleared", "a waitid with nothing to tell writes zeros, nothing of earlier requests",
          "93d93f5f8da7 (io_uring/waitid: clear waitid info before copying it to userspace)", Need::useful,
          siginfo_is_cleared},
    Check{"waitid-cancel", "a cancelled waitid ends with -ECANCELED, the cancel finds it, the child stays waitable", "",
          Need::useful, cancelled_by_tag},
};

}  // namespace

std::span<const Check> waitid_checks() { return checks; }

}  // namespace supd::kernel
