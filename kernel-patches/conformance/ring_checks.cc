// SPDX-License-Identifier: GPL-2.0-only
/// A ring set up with SINGLE_ISSUER and DEFER_TASKRUN belongs to one task.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "daemon/io/kernel/trial.hpp"
#include "suite.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;

constexpr std::uint64_t nop_tag = 1;
constexpr std::uint64_t poll_tag = 2;

struct RingTrial : Trial {
  RingTrial() : Trial(IORING_OP_NOP) {
    if (good() && !ring().deferred()) not_supported("the kernel does not know SINGLE_ISSUER and DEFER_TASKRUN");
  }
};

Outcome other_thread() {
  RingTrial trial;
  if (!trial.good()) return trial.outcome();
  prepare_nop(trial.ring(), nop_tag);
  int error = 0;
  std::thread([&] { error = trial.ring().submit(); }).join();
  trial.equal("the errno of another thread's submission", error, EEXIST);
  trial.next_is(nop_tag, 0);
  return trial.outcome();
}

Outcome forked_child() {
  RingTrial trial;
  if (!trial.good()) return trial.outcome();
  prepare_nop(trial.ring(), nop_tag);
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(trial.ring().submit() == EEXIST ? 0 : 1);
  int status = -1;
  ::waitpid(pid, &status, 0);
  trial.equal("the status of a child that got EEXIST", status, 0);
  trial.next_is(nop_tag, 0);
  return trial.outcome();
}

Outcome completions_are_deferred() {
  RingTrial trial;
  const Pipe pipe = make_pipe();
  if (!trial.good()) return trial.outcome();
  prepare_poll(trial.ring(), poll_tag, pipe.reader.get());
  trial.equal("submitting", trial.ring().submit(), 0);
  trial.expect(pipe.write("x"), "no pipe");
  ::getppid();  // any system call: task work of the usual kind would run on its way out
  trial.equal("completions before the kernel is asked", io_uring_cq_ready(trial.ring().raw()), 0);
  trial.expect(trial.next("the poll's").res > 0, "the poll says nothing is ready");
  return trial.outcome();
}

constexpr std::array checks{
    Check{"ring-other-thread", "another thread that submits gets EEXIST", "", Need::useful, other_thread},
    Check{"ring-forked-child", "a forked child that submits gets EEXIST", "", Need::useful, forked_child},
    Check{"ring-deferred", "completions appear only when the kernel is asked for them", "", Need::useful,
          completions_are_deferred},
};

}  // namespace

std::span<const Check> ring_checks() { return checks; }

}  // namespace conformance
