#include "daemon/single/leftovers.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "daemon/single/message.hpp"
#include "daemon/sys/clock.hpp"
#include "daemon/sys/every_signal.hpp"
#include "daemon/sys/reap.hpp"

namespace supd::single {
namespace {

/// How long a process may take to die of SIGKILL: it may hang in the kernel, or be another user's.
constexpr Duration kill_patience = 5s;
/// Nobody tells of a process whose dead parent was not our child, nor of one that was forked while we looked.
constexpr Duration look_again = 50ms;
constexpr int enough = 2;  // terminating signals until nothing is waited for any more
/// What forks as fast as it is reaped shall not keep us from looking at the clock.
constexpr int reaped_at_once = 1024;

/// Nothing where /proc does not show our own pid namespace: it would name strangers.
std::vector<pid_t> children() {
  if (!sys::proc_available()) return {};
  return sys::own_children().value_or(std::vector<pid_t>{});
}

}  // namespace

bool is_terminating(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT; }

void Leftovers::reap() {
  for (int left = reaped_at_once; left > 0; --left) {
    auto ended = sys::peek_any_child();
    if (!ended || !sys::reap(ended->pid)) return;
  }
}

/// Those of the group were asked with it, or not, as the user wants it.
void Leftovers::ask(std::set<sys::ProcessId>& now, const sys::ProcessInfo& process, bool child) {
  if (process.group == asked_group_) return;
  if (!told_.contains(process.id)) {
    int error = 0;
    if (child) {
      ::kill(process.id.pid, SIGTERM);
    } else {
      error = sys::signal_process(process.id, SIGTERM);
    }
    if (error != 0) return;  // at the latest when it is our own child
  }
  now.insert(process.id);
}

void Leftovers::ask_new_ones() {
  auto all = sys::snapshot_processes();
  if (!all) return;
  std::set<sys::ProcessId> now;
  for (const sys::ProcessInfo& process : sys::descendants_of(*all, children())) {
    ask(now, process, process.parent == ::getpid());
  }
  told_ = std::move(now);
}

void Leftovers::wait(Instant deadline) {
  Instant next_look = sys::monotonic_now();
  for (reap(); sys::has_children(); reap()) {
    Instant now = sys::monotonic_now();
    if (now >= deadline) return;  // looked at, and not only waited for: there may always be another signal
    if (now >= next_look) {
      ask_new_ones();
      next_look = sys::monotonic_now() + look_again;
    }
    auto signal = sys::take_signal(std::min(deadline, next_look));
    if (signal && is_terminating(signal->number) && ++asked_ >= enough) return;
  }
}

void Leftovers::kill() {
  Instant deadline = sys::monotonic_now() + kill_patience;
  for (reap(); sys::has_children(); reap()) {
    std::vector<pid_t> left = children();
    if (left.empty()) return say({"/proc does not show what is left: it stays"});
    if (sys::monotonic_now() >= deadline) {
      return say({std::to_string(left.size()), " processes can't be killed: they stay"});
    }
    for (pid_t pid : left) ::kill(pid, SIGKILL);
    static_cast<void>(sys::take_signal(std::min(deadline, sys::monotonic_now() + look_again)));
  }
}

void Leftovers::end(Duration grace) {
  wait(sys::monotonic_now() + grace);
  kill();
}

}  // namespace supd::single
