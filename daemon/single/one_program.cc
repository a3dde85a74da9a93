#include "daemon/single/one_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "daemon/single/leftovers.hpp"
#include "daemon/single/message.hpp"
#include "daemon/sys/every_signal.hpp"
#include "daemon/sys/reap.hpp"
#include "units/base/signal_names.hpp"

namespace supd::single {
namespace {

constexpr int signal_base = 128;  // exit code for death by a signal, as shells have it

bool is_terminal_stop(int signal) { return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU; }

std::string target_text(pid_t target) {
  return target < 0 ? "process group " + std::to_string(-target) : "process " + std::to_string(target);
}

}  // namespace

OneProgram::OneProgram(const Options& options, Terminal terminal, pid_t child)
    : options_(options), terminal_(terminal), child_(child), target_(options.single_child ? child : -child) {}

int OneProgram::run() {
  const pid_t self = ::getpid();
  while (true) {
    auto signal = sys::take_signal(Instant::never());
    if (!signal) continue;
    if (signal->number == SIGCHLD) {
      if (reap()) return finish();
    } else if (signal->sender != self) {  // what we caused ourselves, with a terminal or a closed pipe, ends here
      take(signal->number);
    }
  }
}

void OneProgram::take(int signal) {
  if (is_terminating(signal)) ++asked_to_end_;
  if (signal == SIGCONT && terminal_.present()) {
    hand_over();
    return let_go_on();
  }
  pass_on(signal);
  // Or it would never come to know.
  if (held_ && is_terminating(signal)) let_go_on();
}

/// A session's leader can't be stopped as a terminal would stop it: its group is an orphaned one (setpgid(2)).
/// So it gets SIGSTOP, and supd stops, too, for whoever waits above.
void OneProgram::pass_on(int signal) {
  bool stops = !options_.single_child && is_terminal_stop(signal) && !options_.rewrite.given(signal);
  int as = stops ? SIGSTOP : options_.rewrite[signal];
  if (as == 0) {
    if (options_.verbose > 0) say({signal_name(signal), " is dropped"});
    return;
  }
  if (options_.verbose > 0) {
    say({signal_name(signal), " goes to ", target_text(target_), as == signal ? "" : " as " + signal_name(as)});
  }
  send(target_, as);
  // A SIGCONT that is here already would be lost to the stop.
  if (stops && !sys::is_pending(SIGCONT)) ::kill(::getpid(), SIGSTOP);
}

void OneProgram::send(pid_t to, int signal) const {
  if (::kill(to, signal) != 0 && errno != ESRCH) {
    say({signal_name(signal), " can't be sent to ", target_text(to), ": ", std::strerror(errno)});
  }
}

bool OneProgram::reap() {
  if (terminal_.present()) {
    if (auto signal = sys::take_stop(child_)) follow_stop(*signal);
  }
  while (auto ended = sys::peek_any_child()) {
    if (ended->pid == child_) {
      exit_ = ended->exit;
      return true;
    }
    if (options_.verbose > 0) say({"reaped process ", std::to_string(ended->pid), ", which ", ended->exit.text()});
    if (!sys::reap(ended->pid)) break;
  }
  if (held_ && hand_over()) let_go_on();  // those who had the terminal may have been among the dead
  return false;
}

/// Our own group is stopped as the terminal would have stopped it, had the child's not been in the foreground:
/// the shell above then sees a job that is stopped. Where nobody is above, the kernel does not stop an orphaned
/// group, nor PID 1, and the child goes on as it would without us: but not to ask at once again for a terminal that
/// others have.
void OneProgram::follow_stop(int signal) {
  bool wants_terminal = signal == SIGTTIN || signal == SIGTTOU;
  if (wants_terminal && terminal_.ours() && hand_over()) return let_go_on();
  if (terminal_.belongs_to(child_)) terminal_.give_to(::getpgrp());
  if (options_.verbose > 1) say({"the child was stopped by ", signal_name(signal)});
  int as = is_terminal_stop(signal) ? signal : SIGTSTP;
  ::kill(0, as);
  sys::let_through(as);
  if (sys::is_pending(SIGCONT)) return;  // we were stopped; what follows is done when it is taken
  if (!is_terminal_stop(signal)) return;
  if (hand_over() || !wants_terminal) return let_go_on();
  held_ = true;
  say({"the program waits for the terminal, which another process group has"});
}

bool OneProgram::hand_over() {
  if (terminal_.ours() || terminal_.abandoned()) terminal_.give_to(child_);
  return terminal_.belongs_to(child_);
}

void OneProgram::let_go_on() {
  held_ = false;
  // The whole group, as it was stopped; a child that has moved to another one is told alone.
  if (::kill(-child_, SIGCONT) != 0) send(child_, SIGCONT);
}

int OneProgram::finish() {
  if (options_.verbose > 0) say({"the child has ended: ", exit_.text()});
  if (terminal_.belongs_to(child_)) terminal_.give_to(::getpgrp());
  int last = options_.single_child ? 0 : options_.rewrite[SIGTERM];
  if (last != 0) ::kill(target_, last);
  if (options_.grace > Duration{0}) {
    static_cast<void>(sys::reap(child_));
    Leftovers(options_.single_child ? 0 : child_, asked_to_end_).end(options_.grace);
  }
  int code = exit_.by_signal() ? signal_base + exit_.status : exit_.status;
  return options_.remap[code & 0xff];
}

}  // namespace supd::single
