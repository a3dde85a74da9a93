#include "daemon/process/orphans.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "daemon/sys/pidfd.hpp"
#include "daemon/sys/proc_tree.hpp"
#include "daemon/sys/signals.hpp"

namespace supd::process {
namespace {

constexpr std::array watched{SIGCHLD};

}  // namespace

Result<std::unique_ptr<OrphanReaper>> OrphanReaper::start(io::Loop& loop, IsSupervised is_supervised,
                                                          OnReaped on_reaped) {
  auto signals = sys::open_signal_fd(watched);
  if (!signals) return std::unexpected(signals.error());
  std::unique_ptr<OrphanReaper> made(
      new OrphanReaper(loop, std::move(*signals), std::move(is_supervised), std::move(on_reaped)));
  made->look_soon();  // for what ended before SIGCHLD was blocked
  return made;
}

OrphanReaper::OrphanReaper(io::Loop& loop, sys::UniqueFd signals, IsSupervised is_supervised, OnReaped on_reaped)
    : loop_(loop),
      signals_(std::move(signals)),
      is_supervised_(std::move(is_supervised)),
      on_reaped_(std::move(on_reaped)) {}

OrphanReaper::~OrphanReaper() {
  loop_.release(timer_);
  loop_.release(poll_, std::move(signals_));
}

void OrphanReaper::look_soon() {
  if (!timer_) look_in(gather_time);
}

void OrphanReaper::wait_for_signal() {
  if (!poll_) poll_ = loop_.poll(signals_.borrow(), POLLIN, io::Lane::control, *this);
}

void OrphanReaper::look_in(Duration delay) { timer_ = loop_.timer_at(loop_.now() + delay, *this); }

void OrphanReaper::on_poll(io::OpId, unsigned, int) noexcept {
  poll_ = {};
  look_soon();  // after an error too: a look finds out more than the signal says
}

void OrphanReaper::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  bool signaled = false;
  while (sys::read_signal(signals_.borrow())) signaled = true;
  Outcome outcome = look();
  switch (outcome) {
    case Outcome::clear: wait_for_signal(); break;
    case Outcome::pinned: look_in(pinned_time); break;
    case Outcome::more: look_in(Duration{0}); break;
  }
  // Without pidfds the loop itself waits for SIGCHLD: we may just have taken the one that was meant for it.
  if (signaled && outcome == Outcome::pinned && !sys::pidfd_available()) ::kill(::getpid(), SIGCHLD);
}

OrphanReaper::Outcome OrphanReaper::look() {
  ++looks_;
  for (int i = 0; i < max_reaps_per_look; ++i) {
    auto seen = sys::peek_any_child();
    if (!seen) return Outcome::clear;
    if (is_supervised_(seen->pid)) return look_behind_pinned();
    reap_orphan(seen->pid);
  }
  return Outcome::more;
}

/// The kernel shows the first zombie of its list only: one that is not ours to reap hides all others.
OrphanReaper::Outcome OrphanReaper::look_behind_pinned() {
  auto children = sys::own_children();
  if (!children) return Outcome::pinned;
  int reaps = 0;
  for (pid_t pid : *children) {
    if (is_supervised_(pid) || !sys::peek_child(pid)) continue;
    reap_orphan(pid);
    if (++reaps == max_reaps_per_look) return Outcome::more;
  }
  return Outcome::pinned;
}

void OrphanReaper::reap_orphan(pid_t pid) {
  auto reaped = sys::reap(pid);
  if (!reaped || !*reaped) return;
  ++reaped_;
  if (on_reaped_) on_reaped_(**reaped);
}

}  // namespace supd::process
