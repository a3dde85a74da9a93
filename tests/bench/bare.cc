#include "tests/bench/bare.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace supd::bench {
namespace {

struct Exec {
  char* const* argv;
  int output;
};

int exec_child(void* argument) {
  const auto* exec = static_cast<const Exec*>(argument);
  if (exec->output >= 0) ::dup2(exec->output, 1);
  ::execv(exec->argv[0], exec->argv);
  ::_exit(127);
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

Words::Words(std::vector<std::string> words) : words_(std::move(words)) {
  for (auto& word : words_) pointers_.push_back(word.data());
  pointers_.push_back(nullptr);
}

BareChild bare_spawn(char* const* argv, int output) {
  alignas(16) static std::array<char, 65536> stack;
  Exec exec{argv, output};
  int pidfd = -1;
  int pid =
      ::clone(exec_child, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &exec, &pidfd);
  if (pid < 0) fail("clone");
  return {pid, sys::UniqueFd(pidfd)};
}

void bare_reap(const BareChild& child) {
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(child.pidfd.get()), &info, WEXITED) != 0) {
    if (errno != EINTR) fail("waitid");
  }
}

Duration own_cpu() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace supd::bench
