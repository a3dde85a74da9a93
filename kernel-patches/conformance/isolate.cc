// SPDX-License-Identifier: GPL-2.0-only
#include "isolate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>

#include "daemon/io/kernel/fd.hpp"

namespace conformance {
namespace {

using supd::kernel::Fd;
using supd::kernel::Pipe;

constexpr std::size_t detail_max = 2000;  // with the verdict it fits into a pipe at once
constexpr std::chrono::seconds last_grace{2};

[[noreturn]] void run_here(const Check& check, Fd& result) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Outcome outcome = check.run();
  std::string message(1, static_cast<char>(outcome.verdict));
  message += outcome.detail.substr(0, detail_max);
  const bool told = ::write(result.get(), message.data(), message.size()) == static_cast<ssize_t>(message.size());
  ::_exit(told ? 0 : 1);
}

bool ends_within(const Fd& pidfd, std::chrono::milliseconds limit) {
  pollfd ended{pidfd.get(), POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + limit;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (::poll(&ended, 1, static_cast<int>(std::max<long long>(left.count(), 0))) == 1) return true;
    if (left.count() <= 0) return false;
  }
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  return text;
}

/// Where a process hangs, as far as the kernel tells.
std::string place_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/";
  const std::string stat = first_line(folder + "stat");
  const std::size_t name_end = stat.rfind(") ");
  std::string place = "state " + (name_end == stat.npos ? "?" : stat.substr(name_end + 2, 1));
  std::ifstream stack(folder + "stack");
  std::string frame;
  for (int depth = 0; depth < 8 && std::getline(stack, frame); ++depth) place += (depth == 0 ? ": " : ", ") + frame;
  return place;
}

Outcome outcome_of(const siginfo_t& end, const Fd& result) {
  if (end.si_code != CLD_EXITED) {
    const char* name = ::sigabbrev_np(end.si_status);
    return {Verdict::fail, std::string("the check was ended by SIG") + (name == nullptr ? "?" : name)};
  }
  std::array<char, detail_max + 1> message{};
  const ssize_t size = ::read(result.get(), message.data(), message.size());
  if (end.si_status != 0 || size < 1) return {Verdict::fail, "the check ended without a result"};
  return {static_cast<Verdict>(message[0]), std::string(message.data() + 1, static_cast<std::size_t>(size) - 1)};
}

}  // namespace

Outcome run_isolated(const Check& check, std::chrono::seconds deadline) {
  Pipe result = supd::kernel::make_pipe();
  const pid_t pid = result.valid() ? ::fork() : -1;
  if (pid < 0) return {Verdict::fail, std::string("no process for the check: ") + std::strerror(errno)};
  if (pid == 0) run_here(check, result.writer);
  ::setpgid(pid, pid);  // the child does the same: whoever is first
  const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const bool in_time = ends_within(pidfd, deadline);
  std::string place;
  if (!in_time) place = place_of(pid);
  if (!in_time) ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
  ::kill(-pid, SIGKILL);  // its group; the number is safe while its leader is not reaped
  const std::string late = "did not end within " + std::to_string(deadline.count()) + " s (" + place + ")";
  if (!in_time && !ends_within(pidfd, last_grace)) {
    return {Verdict::fail, late + ", and SIGKILL does not end it: it hangs in the kernel (" + place_of(pid) + ")"};
  }
  siginfo_t end{};
  ::waitid(P_PID, static_cast<id_t>(pid), &end, WEXITED);
  return in_time ? outcome_of(end, result.reader) : Outcome{Verdict::fail, late};
}

void reap_orphans() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace conformance
