#include "daemon/sys/reap.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <string>

namespace supd::sys {
namespace {

Duration length_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

ExitStatus exit_of(int wait_status) {
  if (WIFEXITED(wait_status)) return {ExitStatus::exited, WEXITSTATUS(wait_status)};
  return {WCOREDUMP(wait_status) ? ExitStatus::dumped : ExitStatus::killed, WTERMSIG(wait_status)};
}

std::optional<SeenExit> peek(idtype_t type, id_t id) {
  siginfo_t info{};
  while (::waitid(type, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno != EINTR) return std::nullopt;
  }
  if (info.si_pid == 0) return std::nullopt;
  return SeenExit{info.si_pid, {info.si_code, info.si_status}};
}

}  // namespace

Result<std::optional<Reaped>> reap(pid_t pid) {
  int status = 0;
  rusage usage{};
  pid_t got = 0;
  do {
    got = ::wait4(pid, &status, WNOHANG, &usage);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return failed("wait4", std::to_string(pid));
  if (got == 0) return std::nullopt;
  // ru_maxrss is in KiB (getrusage(2)).
  return Reaped{got, exit_of(status), length_of(usage.ru_utime), length_of(usage.ru_stime),
                static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

std::optional<SeenExit> peek_child(pid_t pid) { return peek(P_PID, static_cast<id_t>(pid)); }
std::optional<SeenExit> peek_any_child() { return peek(P_ALL, 0); }

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

std::optional<int> take_stop(pid_t pid) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WNOHANG) != 0 || info.si_pid == 0) return std::nullopt;
  return info.si_status;
}

}  // namespace supd::sys
