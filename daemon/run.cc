#include "daemon/run.hpp"

#include <poll.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace supd {

Run::Run(io::Loop& loop, RunOwner& owner, const RunIdentity& identity, sys::Spawned spawned,
         process::Attribution& attribution)
    : loop_(loop),
      owner_(owner),
      cgroup_(identity.cgroup),
      pidfd_(std::move(spawned.pidfd)),
      tree_(std::string(identity.name), identity.run, identity.scope, identity.cgroup, attribution),
      started_(loop.now()),
      unit_(identity.unit),
      id_(identity.run),
      pid_(spawned.pid) {
  tree_.leader_started(pid_, pidfd_.borrow());
  wait_ = loop_.wait_child(pid_, pidfd_.borrow(), *this);
}

Run::~Run() {
  loop_.release(kill_timer_);
  loop_.release(tree_watch_, std::move(tree_events_));
  loop_.release(wait_, std::move(pidfd_));
}

Result<void> Run::signal_scope(int signal) {
  auto sent = tree_.signal(signal);
  if (signal == SIGKILL) {
    killing_ = true;
    if (exited_) watch_tree();
  }
  return sent;
}

void Run::set_scope(StopScope scope) {
  tree_.set_scope(scope);
  look_again();
}

Result<void> Run::signal_main(int signal) { return tree_.signal_leader(signal); }

void Run::on_child_exit(io::OpId, ExitStatus exit, int error) noexcept {
  wait_ = {};
  if (error == ECANCELED) return;
  exited_ = true;
  tree_.leader_exited();
  bool gone = tree_.gone();
  if (gone) {
    reap();
  } else {
    watch_tree();
  }
  owner_.on_run_exited(*this, exit, gone);
}

void Run::on_poll(io::OpId, unsigned, int error) noexcept {
  tree_watch_ = {};
  if (error != ECANCELED) look_again();
}

void Run::on_timer(io::OpId, bool canceled) noexcept {
  kill_timer_ = {};
  if (canceled) return;
  // Work per signal is bounded: what forks faster than it is killed needs more than one.
  if (killing_ && !tree_.gone()) static_cast<void>(tree_.signal(SIGKILL));
  look_again();
}

void Run::look_again() {
  if (!exited_ || usage_) return;
  // First, so that no change after the look is missed.
  if (tree_events_.valid()) sys::UnitCgroup::acknowledge(tree_events_.borrow());
  if (!tree_.gone()) return watch_tree();
  loop_.release(std::exchange(tree_watch_, {}));
  loop_.release(std::exchange(kill_timer_, {}));
  reap();
  owner_.on_tree_gone(*this);
}

/// The cgroup tells when it empties. Without one, every reaped orphan is a reason to look (the owner
/// calls look_again()), and after SIGKILL the clock is one too.
void Run::watch_tree() {
  if (cgroup_ != nullptr && !tree_events_.valid()) {
    if (auto events = cgroup_->open_events()) tree_events_ = std::move(*events);
  }
  if (tree_events_.valid() && !tree_watch_) {
    tree_watch_ = loop_.poll(tree_events_.borrow(), POLLPRI, io::Lane::stream, *this);
  }
  // Without a cgroup, or without a free fd for its events, the clock has to do.
  bool by_clock = killing_ || (cgroup_ != nullptr && !tree_events_.valid());
  if (by_clock && !kill_timer_) kill_timer_ = loop_.timer_at(loop_.now() + kill_again, *this);
}

/// The end of the zombie: from here on the pid may be anybody's.
void Run::reap() {
  auto reaped = sys::reap(pid_);
  usage_ = reaped && *reaped ? **reaped : sys::Reaped{.pid = pid_};
  tree_.leader_reaped();
}

}  // namespace supd
