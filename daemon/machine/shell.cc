#include "daemon/machine/shell.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>

#include "daemon/log/own_log.hpp"

namespace supd::machine {
namespace {

constexpr const char* console = "/dev/console";
constexpr unsigned pause_seconds = 5;  ///< where not even a shell can be had

/// The kernel's own: Ctrl-Alt-Del is SIGINT, a power failure SIGPWR; those of systemd, which hypervisors' agents and
/// containers know; and those that busybox sends for poweroff, SIGUSR2, and for reboot, SIGTERM: a machine far away
/// that was to come back shall not stay away. SysV's and systemd's own tools talk to their init in other ways.
struct EndBySignal {
  int signal;
  sys::MachineEnd end;
};
constexpr int halt_signal = 34 + 3;  // SIGRTMIN+3 of the kernel's numbers
constexpr std::array ends{
    EndBySignal{SIGINT, sys::MachineEnd::reboot},          EndBySignal{SIGTERM, sys::MachineEnd::reboot},
    EndBySignal{SIGPWR, sys::MachineEnd::poweroff},        EndBySignal{SIGUSR2, sys::MachineEnd::poweroff},
    EndBySignal{halt_signal, sys::MachineEnd::halt},       EndBySignal{halt_signal + 1, sys::MachineEnd::poweroff},
    EndBySignal{halt_signal + 2, sys::MachineEnd::reboot},
};

[[noreturn]] void become(const std::vector<std::string>& command) {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setsid();
  int fd = ::open(console, O_RDWR | O_NOCTTY);
  for (int each = STDIN_FILENO; fd >= 0 && each <= STDERR_FILENO; ++each) ::dup2(fd, each);
  ::ioctl(STDIN_FILENO, TIOCSCTTY, 1);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  // Where there is no shell of that name, there may be this one.
  ::execl("/bin/busybox", "sh", nullptr);
  ::_exit(127);
}

/// Those that are waited for, and not lost while nobody waits.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGCHLD);
    for (const EndBySignal& each : ends) sigaddset(&set_, each.signal);
    ::sigprocmask(SIG_BLOCK, &set_, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

  [[nodiscard]] int wait() const { return ::sigwaitinfo(&set_, nullptr); }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

/// The status of `shell` once it has ended. One SIGCHLD may stand for many children.
std::optional<int> reap_all(pid_t shell) {
  std::optional<int> of_shell;
  int status = 0;
  for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == shell) of_shell = status;
  }
  return of_shell;
}

}  // namespace

std::optional<sys::MachineEnd> end_by_signal(int signal) {
  const auto* found = std::ranges::find(ends, signal, &EndBySignal::signal);
  return found == ends.end() ? std::nullopt : std::optional(found->end);
}

std::optional<sys::MachineEnd> emergency_shell(const char* why, const std::vector<std::string>& command) {
  log::error(std::string(why) + ": a shell on the console; when it ends, supd tries again");
  BlockedSignals signals;
  pid_t shell = ::fork();
  if (shell == 0) become(command);
  std::optional<int> status;
  while (shell > 0 && !status) {
    int signal = signals.wait();
    if (signal == SIGCHLD) status = reap_all(shell);
    if (auto end = end_by_signal(signal)) return end;
  }
  bool had_one = status && WIFEXITED(*status) && WEXITSTATUS(*status) != 127;
  if (!had_one) ::sleep(pause_seconds);
  return {};
}

}  // namespace supd::machine
