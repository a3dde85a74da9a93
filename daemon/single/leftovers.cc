#include "daemon/single/leftovers.hpp"

#include <unistd.h>

#include <csignal>
#include <string>

#include "daemon/single/message.hpp"
#include "daemon/sys/clock.hpp"
#include "daemon/sys/every_signal.hpp"
#include "daemon/sys/proc_tree.hpp"
#include "daemon/sys/reap.hpp"

namespace supd::single {
namespace {

/// How long a process may take to die of SIGKILL: it may hang in the kernel, or be another user's.
constexpr Duration kill_patience = 5s;
constexpr int enough = 2;  // terminating signals until nothing is waited for any more

/// Nothing where /proc does not show our own pid namespace: it would name strangers.
std::vector<pid_t> children() {
  if (!sys::proc_available()) return {};
  return sys::own_children().value_or(std::vector<pid_t>{});
}

}  // namespace

bool is_terminating(int signal) { return signal == SIGTERM || signal == SIGINT || signal == SIGQUIT; }

void Leftovers::reap() {
  while (auto ended = sys::peek_any_child()) {
    if (!sys::reap(ended->pid)) return;
  }
}

/// Those of the group were asked with it; others, and those that become ours when their parents end, are now.
void Leftovers::ask_new_ones() {
  std::unordered_set<pid_t> now;
  for (pid_t pid : children()) {
    now.insert(pid);
    if (!told_.contains(pid) && ::getpgid(pid) != asked_group_) ::kill(pid, SIGTERM);
  }
  told_ = std::move(now);  // a number that is no longer a child's may be given to another
}

void Leftovers::wait(Instant deadline) {
  for (reap(); sys::has_children(); reap()) {
    ask_new_ones();
    auto signal = sys::take_signal(deadline);
    if (!signal) return;
    if (is_terminating(signal->number) && ++asked_ >= enough) return;
  }
}

void Leftovers::kill() {
  Instant deadline = sys::monotonic_now() + kill_patience;
  for (reap(); sys::has_children(); reap()) {
    std::vector<pid_t> left = children();
    if (left.empty()) return say({"/proc does not show what is left: it stays"});
    for (pid_t pid : left) ::kill(pid, SIGKILL);
    std::optional<sys::TakenSignal> signal;
    do {
      signal = sys::take_signal(deadline);
    } while (signal && signal->number != SIGCHLD);
    if (!signal) return say({std::to_string(left.size()), " processes can't be killed: they stay"});
  }
}

void Leftovers::end(Duration grace) {
  wait(sys::monotonic_now() + grace);
  kill();
}

}  // namespace supd::single
