// SPDX-License-Identifier: GPL-2.0-only
/// A waitid as 32-bit programs see it. The ring is set up by their system call, which makes it one of theirs.

#include <sys/mman.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstring>

#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;

#ifdef __x86_64__
sigjmp_buf without_gate;

/// 0 or more, or a negative errno. `params` is below 4 GiB.
long setup_by_gate(unsigned entries, io_uring_params* params) {
  long result = SYS_io_uring_setup;  // the same number for both kinds of programs
  asm volatile("int $0x80" : "+a"(result) : "b"(entries), "c"(params) : "memory", "r8", "r9", "r10", "r11");
  return static_cast<int>(result);
}

/// The same; -ENOSYS where the kernel has no gate, which it tells by a signal.
long setup_as_32_bit(unsigned entries, io_uring_params* params) {
  struct sigaction before {};
  struct sigaction jump {};
  jump.sa_handler = [](int) { siglongjmp(without_gate, 1); };
  ::sigaction(SIGSEGV, &jump, &before);
  volatile long result = -ENOSYS;
  if (sigsetjmp(without_gate, 1) == 0) result = setup_by_gate(entries, params);
  ::sigaction(SIGSEGV, &before, nullptr);
  return result;
}

/// A ring of a 32-bit program, in this one.
class NarrowRing {
 public:
  NarrowRing() {
    void* low = ::mmap(nullptr, sizeof(io_uring_params), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED) return;
    auto* params = static_cast<io_uring_params*>(low);
    fd_ = setup_as_32_bit(4, params);
    if (fd_ >= 0) mapped_ = io_uring_queue_mmap(static_cast<int>(fd_), params, &ring_) == 0;
    ring_.features = params->features;
    ::munmap(low, sizeof(io_uring_params));
  }
  ~NarrowRing() {
    if (mapped_) io_uring_queue_exit(&ring_);
  }
  NarrowRing(const NarrowRing&) = delete;
  NarrowRing& operator=(const NarrowRing&) = delete;

  int error() const { return mapped_ ? 0 : fd_ < 0 ? static_cast<int>(-fd_) : ENOMEM; }
  io_uring* raw() { return &ring_; }

 private:
  long fd_ = -ENOMEM;
  bool mapped_ = false;
  io_uring ring_{};
};

/// siginfo_t of a 32-bit program, as far as a waitid fills it in.
struct NarrowInfo {
  std::int32_t signo, error, code, pid;
  std::uint32_t uid;
  std::int32_t status;
  std::array<std::int32_t, 26> rest;
};
static_assert(sizeof(NarrowInfo) == 128);

void wait_for_exit(WaitTrial& trial, NarrowRing& ring, const Child& child, NarrowInfo& info) {
  io_uring_sqe* sqe = io_uring_get_sqe(ring.raw());
  std::memset(sqe, 0, sizeof *sqe);
  sqe->opcode = supd::io::uring::op_waitid;
  sqe->len = P_PID;
  sqe->fd = child.pid();
  sqe->file_index = WEXITED;
  sqe->addr2 = reinterpret_cast<std::uintptr_t>(&info);
  io_uring_submit(ring.raw());
  child.finish(7);
  io_uring_cqe* cqe = nullptr;
  __kernel_timespec limit{5, 0};
  if (io_uring_wait_cqe_timeout(ring.raw(), &cqe, &limit) != 0) return trial.fail("no completion came");
  trial.equal("the result", cqe->res, 0);
  io_uring_cqe_seen(ring.raw(), cqe);
}

Outcome compat() {
  WaitTrial trial;
  NarrowRing ring;
  if (ring.error() != 0) trial.not_supported("no rings for 32-bit programs: " + text_of_errno(ring.error()));
  const Child child;
  trial.expect_valid(child);
  if (!trial.good()) return trial.outcome();
  NarrowInfo info{};
  info.rest.fill(-2);
  const auto untouched = info.rest;
  wait_for_exit(trial, ring, child, info);
  trial.equal("si_signo", info.signo, SIGCHLD);
  trial.equal("si_code", info.code, CLD_EXITED);
  trial.equal("si_pid", info.pid, child.pid());
  trial.equal("si_uid", info.uid, ::getuid());
  trial.equal("si_status", info.status, 7);
  trial.expect(info.rest == untouched, "more was written than the fields of a waitid");
  return trial.outcome();
}
#else
Outcome compat() { return {Verdict::not_supported, "there are no 32-bit programs on this architecture to be like"}; }
#endif

constexpr std::array checks{
    Check{"waitid-32-bit", "a 32-bit program gets its exit where its siginfo_t has the fields", "", Need::useful,
          compat},
};

}  // namespace

std::span<const Check> waitid_compat_checks() { return checks; }

}  // namespace conformance
