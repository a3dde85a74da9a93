#pragma once

/// The controlling terminal, of which there may be none: tty_ioctl(4), credentials(7). Two ways:
/// a child in a session of its own takes the terminal along, when supd may give it up; a child in supd's
/// session has a process group of its own, which becomes the foreground one when supd's was.

#include <sys/types.h>

namespace supd::single {

class Terminal {
 public:
  /// Of this process: the first of stdin, stdout and stderr that is its controlling terminal.
  [[nodiscard]] static Terminal own();

  [[nodiscard]] bool present() const { return fd_ >= 0; }
  /// Whether supd's process group is in the foreground.
  [[nodiscard]] bool ours() const;
  /// Whether process group `group` is.
  [[nodiscard]] bool belongs_to(pid_t group) const;
  /// Whether the group in the foreground is gone, so that nobody will ever give the terminal on.
  [[nodiscard]] bool abandoned() const;
  /// Makes a process group of our session the foreground one. All signals are blocked, so that this works from
  /// the background, too. Async-signal-safe.
  void give_to(pid_t group) const;

  /// Gives it up, so that another session may have it. Only a session leader that has one does; true: it did.
  /// The SIGHUP and SIGCONT that the kernel then sends come from this process itself.
  [[nodiscard]] bool give_up() const;
  /// For a new session leader: takes whichever terminal is on stdin, stdout or stderr and free.
  /// Async-signal-safe.
  static void take_free_one();

 private:
  int fd_ = -1;
};

}  // namespace supd::single
