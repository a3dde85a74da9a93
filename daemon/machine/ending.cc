#include "daemon/machine/ending.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/machine/unmounting.hpp"
#include "daemon/sys/aside.hpp"
#include "daemon/sys/clock.hpp"

namespace supd::machine {
namespace {

constexpr timespec look_again{0, 10'000'000};

/// Reaps until there is no child left, or the time is over. All processes are PID 1's children sooner or later.
bool reap_for(int longest_ms) {
  Instant end = sys::monotonic_now() + std::chrono::milliseconds(longest_ms);
  while (true) {
    pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
    if (ended < 0 && errno == ECHILD) return true;
    if (ended > 0) continue;
    if (sys::monotonic_now() >= end) return false;
    ::nanosleep(&look_again, nullptr);
  }
}

/// It says what is mounted. Somebody may have unmounted it, or it was never there.
void bring_back_proc() {
  if (auto done = sys::mount_new(api_mounts().front()); !done) log::warn(done.error().text());
}

/// Of a namespace the disks belong to others.
void let_go_of_disks() {
  ::chdir("/");
  if (!sys::is_whole_machine()) return static_cast<void>(sys::run_aside(sync_ms, [] { return ::sync(), true; }));
  if (sys::mount_points().empty()) bring_back_proc();
  unmount_everything(of_this_machine());
}

}  // namespace

void end_processes() {
  if (!sys::signal_all(SIGTERM)) return;
  sys::signal_all(SIGCONT);
  if (reap_for(term_ms)) return;
  log::warn("some processes ignore SIGTERM: killing them");
  sys::signal_all(SIGKILL);
  if (!reap_for(kill_ms)) log::warn("some processes can't be killed");
}

void end(sys::MachineEnd how) {
  end_processes();
  let_go_of_disks();
  constexpr const char* words[] = {"power off", "reboot", "halt"};
  log::info(std::string("the end: ") + words[static_cast<int>(how)]);
  auto done = sys::end_machine(how);
  log::error(done.error().text() + ": the machine can be switched off by hand");
  while (true) {
    reap_for(1000);
    ::sleep(1);
  }
}

}  // namespace supd::machine
