#include "daemon/single/single.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include "daemon/single/child.hpp"
#include "daemon/single/leftovers.hpp"
#include "daemon/single/message.hpp"
#include "daemon/single/one_program.hpp"
#include "daemon/sys/every_signal.hpp"
#include "daemon/sys/memory.hpp"
#include "daemon/sys/reap.hpp"
#include "daemon/sys/subreaper.hpp"
#include "units/base/signal_names.hpp"

namespace supd::single {
namespace {

constexpr int bad_usage = 2;
constexpr pid_t init = 1;

/// Its end is noticed although it may come before anybody asks for the signal. `parent`: at the start.
void watch_parent(int signal, pid_t parent) {
  if (::prctl(PR_SET_PDEATHSIG, signal) != 0) return say({errno_error("prctl", "PR_SET_PDEATHSIG").text()});
  if (::getppid() != parent) sys::send_to_self(signal);
}

void settle_in(const Options& options, pid_t parent) {
  sys::default_every_disposition();
  if (::getpid() != init) {
    if (auto done = sys::become_subreaper(); !done) {
      say({done.error().text(), ": not PID 1 and no subreaper, so orphans are reaped by others"});
    }
  }
  if (options.pdeathsig != 0) watch_parent(options.pdeathsig, parent);
}

/// The terminal that the child shares with us. A child in a session of its own shares none.
Terminal settle_terminal(const Options& options) {
  Terminal terminal = Terminal::own();
  if (options.single_child) return terminal;
  if (terminal.give_up() && options.verbose > 1) say({"the terminal is left to the child"});
  return {};
}

/// For a container whose processes are all started from outside, or that only holds namespaces.
int pause(const Options& options) {
  while (true) {
    // First: a child that ended before SIGCHLD was blocked has told nobody.
    while (auto ended = sys::peek_any_child()) {
      if (options.verbose > 0) say({"reaped process ", std::to_string(ended->pid), ", which ", ended->exit.text()});
      if (!sys::reap(ended->pid)) break;
    }
    auto signal = sys::take_signal(Instant::never());
    if (signal && is_terminating(signal->number)) return 0;
  }
}

}  // namespace

int run(int argc, char** argv) {
  // First: a signal that comes early waits for the child. To PID 1 it would be lost.
  sys::block_every_signal();
  const pid_t parent = ::getppid();
  auto options = parse(argc, argv);
  if (!options) {
    say({options.error()});
    return bad_usage;
  }
  settle_in(*options, parent);
  if (options->pause) return pause(*options);
  Terminal terminal = settle_terminal(*options);
  auto child = start({options->command, !options->single_child, terminal});
  if (!child) {
    say({child.error().text});
    return child.error().exit_code;
  }
  if (options->verbose > 0) say({"'", options->command[0], "' runs as process ", std::to_string(*child)});
  sys::give_back_unused();  // the program runs: from here on little is needed
  return OneProgram(*options, terminal, *child).run();
}

}  // namespace supd::single
