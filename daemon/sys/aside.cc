#include "daemon/sys/aside.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "daemon/sys/clock.hpp"

namespace supd::sys {
namespace {

constexpr timespec look_again{0, 5'000'000};

/// One child, ours until it is reaped or given up.
struct Aside {
  pid_t child;
  Ended ended = Ended::hangs;

  explicit Aside(const std::function<bool()>& step) : child(::fork()) {
    if (child == 0) ::_exit(step() ? 0 : 1);
    if (child < 0) ended = Ended::badly;
  }
  [[nodiscard]] bool runs() const { return child > 0; }
  void look() {
    int status = 0;
    pid_t got = ::waitpid(child, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) return;
    ended = got == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ended::well : Ended::badly;
    child = 0;
  }
};

}  // namespace

std::vector<Ended> run_all_aside(int longest_ms, std::span<const std::function<bool()>> steps) {
  std::vector<Aside> asides(steps.begin(), steps.end());
  const Instant until = monotonic_now() + std::chrono::milliseconds(longest_ms);
  while (true) {
    bool some_run = false;
    for (Aside& aside : asides) {
      if (aside.runs()) aside.look();
      some_run = some_run || aside.runs();
    }
    if (!some_run || monotonic_now() >= until) break;
    ::nanosleep(&look_again, nullptr);
  }
  std::vector<Ended> results;
  for (const Aside& aside : asides) {
    // Ours and not reaped, so the pid is still its own. In the kernel it may stay all the same.
    if (aside.runs()) ::kill(aside.child, SIGKILL);
    results.push_back(aside.ended);
  }
  return results;
}

Ended run_aside(int longest_ms, const std::function<bool()>& step) {
  return run_all_aside(longest_ms, {&step, 1}).front();
}

}  // namespace supd::sys
