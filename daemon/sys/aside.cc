#include "daemon/sys/aside.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace supd::sys {
namespace {

constexpr timespec look_again{0, 5'000'000};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

Ended run_aside(int longest_ms, const std::function<bool()>& step) {
  pid_t child = ::fork();
  if (child == 0) ::_exit(step() ? 0 : 1);
  if (child < 0) return Ended::badly;
  const std::int64_t until = now_ms() + longest_ms;
  for (int status = 0;;) {
    pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ended::well : Ended::badly;
    if (ended < 0 && errno != EINTR) return Ended::badly;
    if (now_ms() >= until) break;
    ::nanosleep(&look_again, nullptr);
  }
  // Ours and not reaped, so the pid is still its own. In the kernel it may stay all the same.
  ::kill(child, SIGKILL);
  return Ended::hangs;
}

}  // namespace supd::sys
