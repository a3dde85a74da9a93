#include "daemon/run.hpp"

#include <poll.h>

#include <cerrno>
#include <csignal>

#include "daemon/sys/pidfd.hpp"

namespace supd {

Run::Run(io::Loop& loop, RunOwner& owner, UnitId unit, RunId id, sys::Spawned spawned, process::ProcessTree tree)
    : loop_(loop),
      owner_(owner),
      tree_(std::move(tree)),
      pidfd_(std::move(spawned.pidfd)),
      started_(loop.now()),
      unit_(unit),
      id_(id),
      pid_(spawned.pid) {
  wait_ = loop_.wait_child(pid_, pidfd_.borrow(), *this);
}

Run::~Run() {
  loop_.release(tree_watch_);
  loop_.release(wait_, std::move(pidfd_));
}

void Run::signal_scope(int signal) { tree_.signal(signal); }

int Run::signal_main(int signal) {
  if (exited_) return ESRCH;
  // Without pidfds the number is still ours: nobody but us reaps, and we have not.
  if (!pidfd_.valid()) return ::kill(pid_, signal) == 0 ? 0 : errno;
  return sys::pidfd_send_signal(pidfd_.borrow(), signal);
}

void Run::on_child_exit(io::OpId, ExitStatus exit, int error) noexcept {
  wait_ = {};
  if (error == ECANCELED) return;
  exited_ = true;
  tree_.leader_exited();
  bool gone = tree_.gone();
  if (gone) {
    reap();
  } else if (tree_.events().valid()) {
    tree_watch_ = loop_.poll(tree_.events(), POLLPRI, io::Lane::stream, *this);
  }
  owner_.on_run_exited(*this, exit, gone);
}

void Run::on_poll(io::OpId, unsigned, int error) noexcept {
  tree_watch_ = {};
  if (error == ECANCELED) return;
  look_again();
}

void Run::look_again() {
  if (!exited_ || usage_) return;
  if (tree_.gone()) {
    loop_.release(std::exchange(tree_watch_, {}));
    reap();
    owner_.on_tree_gone(*this);
  } else if (!tree_watch_ && tree_.events().valid()) {
    tree_watch_ = loop_.poll(tree_.events(), POLLPRI, io::Lane::stream, *this);
  }
}

/// The end of the zombie: from here on the pid may be anybody's.
void Run::reap() {
  auto reaped = sys::reap(pid_);
  usage_ = reaped && *reaped ? **reaped : sys::Reaped{.pid = pid_};
}

}  // namespace supd
