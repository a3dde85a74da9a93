#include "daemon/single/child_plan.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "daemon/sys/every_signal.hpp"

// We run on the parent's memory: no allocation, no lock, nothing that is not async-signal-safe.

namespace supd::single {
namespace {

/// A program for another machine would be read as a script, and what the shell says of it helps nobody.
bool is_binary(const char* path) {
  std::array<char, 128> head{};
  int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return true;
  ssize_t got = ::read(fd, head.data(), head.size());
  ::close(fd);
  return got <= 0 || std::memchr(head.data(), '\0', static_cast<std::size_t>(got)) != nullptr;
}

/// As execvp(3) and every shell do.
int run_script(ChildPlan& plan) {
  const char* path = plan.search.tried.data();
  if (is_binary(path)) return ENOEXEC;
  plan.script[1] = path;
  ::syscall(SYS_execve, plan.script[0], plan.script, plan.search.envp);
  return ENOEXEC;
}

}  // namespace

int run_child(void* argument) {
  ChildPlan& plan = *static_cast<ChildPlan*>(argument);
  if (plan.new_session) {
    ::setsid();
    Terminal::take_free_one();
  } else {
    ::setpgid(0, 0);
    if (plan.to_foreground) plan.terminal.give_to(::getpid());
  }
  if (plan.listen_pid != nullptr)
    *std::to_chars(plan.listen_pid, plan.listen_pid + pid_text_size - 1, ::getpid()).ptr = '\0';
  sys::unblock_every_signal();
  int error = sys::exec_search(plan.search);
  plan.error = error == ENOEXEC ? run_script(plan) : error;
  while (true) ::syscall(SYS_exit_group, 127);
}

}  // namespace supd::single
