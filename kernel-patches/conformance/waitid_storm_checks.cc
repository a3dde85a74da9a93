// SPDX-License-Identifier: GPL-2.0-only
/// Exits and cancels at the same time, and very many children.

#include <spawn.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "helper.hpp"
#include "storm.hpp"
#include "waitid_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t wait_base = 1'000'000;
constexpr std::uint64_t poll_base = 2'000'000;
constexpr std::uint64_t cancel_base = 3'000'000;

/// Each of a thousand exits asks each of a thousand waits whether it is for it. With KASAN and lockdep, under
/// emulation, that takes many seconds before the first completion is seen.
constexpr std::chrono::seconds batch_patience{40};

/// What came for one child.
struct Told {
  siginfo_t info{};
  int waits = 0;
  int result = 1;
};

/// Takes completions until nothing is in flight and notes those of waitids.
template <class Tolds>
void take_all(WaitTrial& trial, Tolds& told, std::chrono::milliseconds limit = patience) {
  while (trial.good() && trial.ring().in_flight() > 0) {
    const std::string what = std::to_string(trial.ring().in_flight()) + " requests have not ended";
    const Cqe cqe = trial.next(what, limit);
    if (!trial.good() || cqe.tag < wait_base || cqe.tag >= poll_base) continue;
    Told& one = told.at(static_cast<std::size_t>(cqe.tag - wait_base));
    ++one.waits;
    one.result = cqe.res;
  }
}

void judge_race(WaitTrial& trial, const Child& child, const Told& told, int code) {
  trial.equal("completions of one waitid", told.waits, 1);
  if (told.result == 0) {
    trial.info = told.info;
    trial.child_is(child.pid(), CLD_EXITED, code);
    trial.expect(!trial.good() || !child.waitable(), "a child was told to have ended, but was not reaped");
  } else {
    trial.equal("the result of a waitid that did not get its child", told.result, -ECANCELED);
    trial.expect(!trial.good() || child.wait_for_zombie(),
                 "a child can't be waited for after the cancel of its waitid");
  }
}

/// Arms a waitid for each child, then lets all end and cancels all waitids, in changing order.
void race_once(WaitTrial& trial, Storm& storm) {
  constexpr std::size_t count = 16;
  static std::array<Told, count> told;  // static: when the check has failed, the kernel may still write to it
  told = {};
  const Children children = start_children(trial, count);
  if (!trial.good()) return;
  for (std::size_t i = 0; i < count; ++i) {
    const WaitFor by_pid{P_PID, children[i]->pid(), WEXITED};
    const WaitFor by_pidfd{P_PIDFD, children[i]->pidfd(), WEXITED};
    prepare_waitid(trial.ring(), wait_base + i, i % 2 == 0 ? by_pid : by_pidfd, &told[i].info);
  }
  trial.nothing_more();
  const bool one_by_one = storm.below(2) == 0;
  for (std::size_t i = 0; i < count; ++i) {
    children[i]->finish(static_cast<unsigned>(i));
    prepare_cancel(trial.ring(), cancel_base + i, wait_base + i);
    if (!one_by_one) continue;
    storm.hesitate();
    trial.ring().submit();
  }
  if (!one_by_one) storm.hesitate();
  take_all(trial, told);
  for (std::size_t i = 0; i < count && trial.good(); ++i) judge_race(trial, *children[i], told[i], static_cast<int>(i));
}

Outcome cancel_race() {
  Storm storm;
  WaitTrial trial({64, 256});
  while (trial.good() && storm.goes_on()) race_once(trial, storm);
  return trial.outcome();
}

/// One after the other, the cancel within microseconds of the exit.
Outcome close_race() {
  Storm storm;
  WaitTrial trial;
  while (trial.good() && storm.goes_on()) {
    static std::array<Told, 1> told;
    told = {};
    const Child child;
    trial.expect_valid(child);
    if (!trial.good()) break;
    prepare_waitid(trial.ring(), wait_base, {P_PIDFD, child.pidfd(), WEXITED}, &told[0].info);
    trial.nothing_more();
    child.finish(5);
    for (unsigned i = storm.below(24); i > 0; --i) storm.hesitate();
    prepare_cancel(trial.ring(), cancel_base, wait_base);
    take_all(trial, told);
    if (trial.good()) judge_race(trial, child, told[0], 5);
  }
  return trial.outcome();
}

/// A child that stops and goes on all the time: each time it wakes whoever waits for a child, for whatever.
class Restless {
 public:
  explicit Restless(const Child& child) : child_(child), thread_([this] { run(); }) {}
  Restless(const Restless&) = delete;
  Restless& operator=(const Restless&) = delete;
  ~Restless() {
    stop_ = true;
    thread_.join();
  }

 private:
  void run() const {
    while (!stop_) {
      siginfo_t info;
      child_.signal(SIGSTOP);
      ::waitid(P_PID, static_cast<id_t>(child_.pid()), &info, WSTOPPED);
      child_.signal(SIGCONT);
      ::waitid(P_PID, static_cast<id_t>(child_.pid()), &info, WCONTINUED);
    }
  }
  const Child& child_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// The more children there are, the longer a waitid looks at them while it is being armed: the time to wake it in.
Outcome woken_in_vain() {
  constexpr std::size_t count = 16;
  WaitTrial trial({64, 256});
  const Children children = start_children(trial, 64);
  const Child child;
  trial.expect_valid(child);
  const Restless restless(child);
  Storm storm;
  static std::array<Told, count> told;
  while (trial.good() && storm.goes_on()) {
    told = {};
    for (std::size_t i = 0; i < count; ++i) {
      prepare_waitid(trial.ring(), wait_base + i, {P_ALL, 0, WEXITED}, &told[i].info);
      if (storm.below(4) == 0) trial.ring().submit();
    }
    trial.nothing_more();
    for (std::size_t i = 0; i < count && trial.good(); ++i)
      prepare_cancel(trial.ring(), cancel_base + i, wait_base + i);
    take_all(trial, told);
    for (std::size_t i = 0; i < count; ++i) {
      trial.equal("completions of one waitid", told[i].waits, 1);
      trial.equal("the result of a cancelled waitid", told[i].result, -ECANCELED);
    }
  }
  return trial.outcome();
}

void arm_child(WaitTrial& trial, const Child& child, std::size_t i, Told& told, bool linked) {
  if (linked) prepare_poll(trial.ring(), poll_base + i, child.pidfd()).flags |= IOSQE_IO_LINK;
  const unsigned options = WEXITED | (linked ? WNOWAIT : 0);
  prepare_waitid(trial.ring(), wait_base + i, {P_PIDFD, child.pidfd(), options}, &told.info);
}

void batch_of_children(WaitTrial& trial, std::size_t count, bool linked) {
  static std::vector<Told> told;
  told.assign(count, {});
  const Children children = start_children(trial, count);
  if (!trial.good()) return;
  for (std::size_t i = 0; i < count; ++i) {
    // A link must not be torn by a submission in its middle.
    if (io_uring_sq_space_left(trial.ring().raw()) < 2) trial.ring().submit();
    arm_child(trial, *children[i], i, told[i], linked);
  }
  trial.nothing_more();
  for (std::size_t i = 0; i < count; ++i) children[i]->finish(static_cast<unsigned>(i % 256));
  take_all(trial, told, batch_patience);
  for (std::size_t i = 0; i < count && trial.good(); ++i) {
    trial.equal("completions of one waitid", told[i].waits, 1);
    trial.equal("the result of a waitid", told[i].result, 0);
    trial.info = told[i].info;
    trial.child_is(children[i]->pid(), CLD_EXITED, static_cast<int>(i % 256));
    trial.equal("the child is still a zombie", children[i]->waitable(), linked);
  }
}

Outcome ten_thousand(bool linked) {
  constexpr std::size_t batch = 1000;
  WaitTrial trial({1024, 8192});
  for (std::size_t done = 0; done < 10'000 && trial.good(); done += batch) batch_of_children(trial, batch, linked);
  return trial.outcome();
}

Outcome ten_thousand_waitids() { return ten_thousand(false); }
Outcome ten_thousand_pairs() { return ten_thousand(true); }

/// A program that starts, perhaps is killed, and ends, with a waitid or a linked pair that perhaps is cancelled.
struct Slot {
  pid_t pid = 0;
  Fd pidfd;
  Told told;
  int code = 0;
  bool killed = false;
};

bool start_program(WaitTrial& trial, Slot& slot, unsigned code) {
  std::string program = "conformance";
  std::string word = exit_word;
  std::string value = std::to_string(code);
  const std::array<char*, 4> words{program.data(), word.data(), value.data(), nullptr};
  const int error = ::posix_spawn(&slot.pid, own_path, nullptr, nullptr, words.data(), environ);
  if (error != 0) trial.not_supported("a program can't be started: " + text_of_errno(error));
  if (error != 0) return false;
  slot.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, slot.pid, 0)));
  slot.code = static_cast<int>(code);
  return true;
}

void disturb(WaitTrial& trial, Storm& storm, std::array<Slot, 16>& slots) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const unsigned what = storm.below(4);
    if (what == 0) {
      slots[i].killed = true;
      ::syscall(SYS_pidfd_send_signal, slots[i].pidfd.get(), SIGKILL, nullptr, 0);
    } else if (what == 1) {
      prepare_cancel(trial.ring(), cancel_base + i, (storm.below(2) == 0 ? wait_base : poll_base) + i);
      storm.hesitate();
      trial.ring().submit();
    }
  }
}

/// After all completions: reaps what was left and compares.
void judge_program(WaitTrial& trial, const Slot& slot) {
  trial.equal("completions of one waitid", slot.told.waits, 1);
  siginfo_t end{};
  const int rc = ::waitid(P_PID, static_cast<id_t>(slot.pid), &end, WEXITED);
  trial.expect((rc == 0) == (slot.told.result != 0), "a child was lost, or reaped twice");
  if (slot.told.result == 0) end = slot.told.info;
  if (slot.told.result != 0) trial.equal("the result of a waitid", slot.told.result, -ECANCELED);
  trial.equal("si_pid", end.si_pid, slot.pid);
  const bool by_itself = end.si_code == CLD_EXITED && end.si_status == slot.code;
  const bool by_us = slot.killed && end.si_code == CLD_KILLED && end.si_status == SIGKILL;
  trial.expect(by_itself || by_us, "a child ended in another way than it was told to");
}

Outcome exec_storm() {
  Storm storm;
  WaitTrial trial({128, 512});
  while (trial.good() && storm.goes_on()) {
    static std::array<Slot, 16> slots;
    slots = {};
    for (std::size_t i = 0; i < slots.size() && trial.good(); ++i) {
      if (!start_program(trial, slots[i], storm.below(256))) break;
      if (storm.below(2) == 0) {
        prepare_poll(trial.ring(), poll_base + i, slots[i].pidfd.get()).flags |= IOSQE_IO_LINK;
      }
      prepare_waitid(trial.ring(), wait_base + i, {P_PIDFD, slots[i].pidfd.get(), WEXITED}, &slots[i].told.info);
      trial.ring().submit();
    }
    if (trial.good()) disturb(trial, storm, slots);
    std::vector<Told> told(slots.size());
    take_all(trial, told);
    for (std::size_t i = 0; i < slots.size() && trial.good(); ++i) {
      slots[i].told.waits = told[i].waits;
      slots[i].told.result = told[i].result;
      judge_program(trial, slots[i]);
    }
  }
  return trial.outcome();
}

constexpr std::string_view fix_race = "2f8229d (io_uring/waitid: always prune wait queue entry in io_waitid_wait())";

constexpr std::array checks{
    Check{"waitid-ten-thousand", "ten thousand children give one completion each, with their own exit codes", "",
          Need::useful, ten_thousand_waitids},
    Check{"linked-ten-thousand", "the same with a poll and a linked waitid, which leaves the zombies", "", Need::useful,
          ten_thousand_pairs},
    Check{"waitid-cancel-race", "a waitid cancelled as its child ends completes once, and no child is lost", fix_race,
          Need::useful, cancel_race},
    Check{"waitid-cancel-close-race", "the same with one child at a time", fix_race, Need::useful, close_race},
    Check{"waitid-woken-in-vain", "waitids that stops of children wake while they are armed go on waiting for an exit",
          fix_race, Need::useful, woken_in_vain},
    Check{"waitid-exec-storm", "programs that start, end and are killed under cancels are all accounted for", fix_race,
          Need::useful, exec_storm},
};

}  // namespace

std::span<const Check> waitid_storm_checks() { return checks; }

}  // namespace conformance
