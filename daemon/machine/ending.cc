#include "daemon/machine/ending.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/sys/clock.hpp"

namespace supd::machine {
namespace {

constexpr timespec look_again{0, 10'000'000};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

/// Reaps until there is no child left, or the time is over, or `until` has ended. All processes are PID 1's children
/// sooner or later.
bool reap_for(int longest_ms, pid_t until = 0) {
  std::int64_t end = now_ms() + longest_ms;
  while (true) {
    pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
    if (ended < 0 && errno == ECHILD) return true;
    if (ended > 0 && ended == until) return true;
    if (ended > 0) continue;
    if (now_ms() >= end) return false;
    ::nanosleep(&look_again, nullptr);
  }
}

void end_processes() {
  if (!sys::signal_all(SIGTERM)) return;
  sys::signal_all(SIGCONT);
  if (reap_for(term_ms)) return;
  log::warn("some processes ignore SIGTERM: killing them");
  sys::signal_all(SIGKILL);
  if (!reap_for(kill_ms)) log::warn("some processes can't be killed");
}

/// In a child of its own: any of it may hang for ever.
[[noreturn]] void unmount_all() {
  ::sync();
  // Of a namespace the disks belong to others.
  if (!sys::is_whole_machine()) ::_exit(0);
  sys::swap_off_all();
  ::chdir("/");
  // What one pass could not unmount may be free once others are gone.
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::string& path : unmount_order(sys::mount_points())) static_cast<void>(sys::unmount(path, false));
  }
  for (const std::string& path : unmount_order(sys::mount_points())) {
    log::warn(path + " is still in use: it is made read-only");
    static_cast<void>(sys::remount_read_only(path));
  }
  if (auto done = sys::remount_read_only("/"); !done) log::warn(done.error().text());
  ::sync();
  ::_exit(0);
}

}  // namespace

void end(sys::MachineEnd how) {
  end_processes();
  pid_t child = ::fork();
  if (child == 0) unmount_all();
  if (child < 0) ::sync();
  if (child > 0 && !reap_for(unmount_ms, child)) log::warn("unmounting takes too long: going on without it");
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
