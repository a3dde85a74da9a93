// SPDX-License-Identifier: GPL-2.0-only
/// Rings and tasks that go while waitids are armed.

#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "helper.hpp"
#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t first_tag = 1000;

siginfo_t result_room;  // outlives every ring here

/// `per_child` waitids for each child, which leave the zombie: one that fires late takes nothing away.
void arm_many(Ring& ring, const Children& children, unsigned per_child) {
  std::uint64_t tag = first_tag;
  for (unsigned i = 0; i < per_child; ++i) {
    for (const auto& child : children) {
      prepare_waitid(ring, tag++, {P_PIDFD, child->pidfd(), WEXITED | WNOWAIT}, &result_room);
    }
  }
  ring.submit();
}

void expect_ends(Trial& trial, const Children& children) {
  for (const auto& child : children) child->finish(0);
  for (const auto& child : children) {
    trial.expect(!trial.good() || child->wait_for_zombie(), "a child can't be waited for after its ring went");
  }
}

Outcome ring_goes() {
  for (int round = 0; round < 50; ++round) {
    WaitTrial trial({256, 1024});
    const Children children = start_children(trial, 4);
    if (!trial.good()) return trial.outcome();
    arm_many(trial.ring(), children, 16);
    trial.ring().abandon();
    expect_ends(trial, children);
    if (!trial.good()) return trial.outcome();
  }
  return {};
}

/// The same while the children end.
Outcome ring_goes_with_children() {
  for (int round = 0; round < 50; ++round) {
    WaitTrial trial({256, 1024});
    const Children children = start_children(trial, 8);
    if (!trial.good()) return trial.outcome();
    arm_many(trial.ring(), children, 8);
    for (const auto& child : children) child->finish(0);
    trial.ring().abandon();
    expect_ends(trial, children);
    if (!trial.good()) return trial.outcome();
  }
  return {};
}

/// 0, or 2 when this is not supported. The children are killed as their parent goes.
int go_with_armed_waitids() {
  static WaitTrial* trial = new WaitTrial({256, 1024});  // never destroyed: the exit does it all
  static Children* children = new Children(start_children(*trial, 4));
  if (!trial->good()) return 2;
  arm_many(trial->ring(), *children, 16);
  return 0;
}

Outcome task_goes() {
  WaitTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const int code = in_fork(go_with_armed_waitids);
    if (code == 2) trial.not_supported("no ring or no children in a forked process");
    trial.equal("the exit code of a process with armed waitids", code, 0);
  }
  return trial.outcome();
}

Outcome task_is_killed() {
  WaitTrial trial;
  for (int round = 0; round < 50 && trial.good(); ++round) {
    const Pipe ready = make_pipe(0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      const bool armed = go_with_armed_waitids() == 0 && ready.write("x");
      if (armed) ::pause();
      ::_exit(1);
    }
    std::array<char, 1> byte{};
    trial.equal("a byte from the process", ::read(ready.reader.get(), byte.data(), 1), 1);
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    trial.expect(WIFSIGNALED(status), "a process with armed waitids was not killed");
  }
  return trial.outcome();
}

int exec_with_armed_waitids() {
  static WaitTrial* trial = new WaitTrial;
  static Children* children = new Children(start_children(*trial, 1));
  if (!trial->good()) return 2;
  // This one would reap the child if it survived the exec.
  prepare_waitid(trial->ring(), first_tag, {P_PIDFD, children->front()->pidfd(), WEXITED}, &result_room);
  trial->nothing_more();
  if (!trial->good()) return 3;
  const std::string pid = std::to_string(children->front()->pid());
  ::execl(own_path, "conformance", after_exec_word, pid.c_str(), nullptr);
  return 4;
}

Outcome exec_drops() {
  WaitTrial trial;
  for (int round = 0; round < 10 && trial.good(); ++round) {
    const int code = in_fork(exec_with_armed_waitids);
    if (code == 2 || code == 4) trial.not_supported("no ring, no children, or /proc is not mounted");
    trial.equal("the exit code of a process that waits for its child after execve", code, 0);
  }
  return trial.outcome();
}

constexpr std::string_view fix_cancel_all = "2b35b8b (io_uring/waitid: always remove waitid entry for cancel all)";

constexpr std::array checks{
    Check{"waitid-ring-closed", "a ring can be closed with armed waitids, the children stay waitable", fix_cancel_all,
          Need::useful, ring_goes},
    Check{"waitid-ring-closed-exits", "the same while the children end", fix_cancel_all, Need::useful,
          ring_goes_with_children},
    Check{"waitid-task-exit", "a process can end with armed waitids", fix_cancel_all, Need::useful, task_goes},
    Check{"waitid-task-killed", "a process can be killed with armed waitids", fix_cancel_all, Need::useful,
          task_is_killed},
    Check{"waitid-exec", "execve drops armed waitids, the children stay waitable", "", Need::useful, exec_drops},
};

}  // namespace

std::span<const Check> waitid_teardown_checks() { return checks; }

}  // namespace conformance
