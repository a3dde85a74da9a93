#pragma once

/// A tiny child process that lives until it is told to go.

#include <sys/types.h>

#include <csignal>

#include "daemon/io/kernel/fd.hpp"

namespace supd::kernel {

/// SIGCHLD at its default while this lives: if it were ignored, the kernel would reap children by itself.
class DefaultSigchld {
 public:
  DefaultSigchld();
  ~DefaultSigchld();
  DefaultSigchld(const DefaultSigchld&) = delete;
  DefaultSigchld& operator=(const DefaultSigchld&) = delete;

 private:
  struct sigaction before_ {};
};

/// Owns the process: kills and reaps it at the latest at its own end.
class Child {
 public:
  /// Starts the child; valid() is false when that failed. It has no signal handlers and runs no code of the caller's.
  Child();
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool valid() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }

  /// The child ends with this exit code, soon.
  void finish(unsigned code) const;
  void signal(int number) const;

  /// waitid(2) without blocking: 0 and `info`, or the errno; si_pid is 0 when there is nothing to tell.
  int poll(siginfo_t& info, int options) const;

  /// Waits until the child is a zombie, without reaping it; false when that takes too long or it is gone.
  bool wait_for_zombie() const;

  /// True when it is an unreaped zombie or alive.
  bool waitable() const;

 private:
  DefaultSigchld sigchld_;
  Fd order_;
  Fd pidfd_;
  pid_t pid_ = -1;
};

}  // namespace supd::kernel
