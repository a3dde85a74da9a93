#include "tests/bench/bare.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <memory>
#include <system_error>

#include "tests/bench/births.hpp"

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

struct Pipe {
  sys::UniqueFd reader, writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

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

BareRead bare_read(const std::vector<Words>& writers, const std::string& path) {
  sys::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  sys::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!file.valid() || !epoll.valid()) fail("open");
  std::vector<sys::UniqueFd> readers;
  std::vector<BareChild> children;
  BareRead result;
  std::uint64_t start = now_ns();
  Duration cpu = own_cpu();
  for (const auto& words : writers) {
    Pipe pipe = make_pipe();
    epoll_event event{EPOLLIN, {.u64 = readers.size()}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, pipe.reader.get(), &event);
    children.push_back(bare_spawn(words.argv(), pipe.writer.get()));
    readers.push_back(std::move(pipe.reader));
  }
  auto buffer = std::make_unique<std::array<char, 65536>>();
  std::array<epoll_event, 64> events{};
  for (std::size_t open = readers.size(); open > 0;) {
    int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      auto& reader = readers[events[static_cast<std::size_t>(i)].data.u64];
      ssize_t got = ::read(reader.get(), buffer->data(), buffer->size());
      if (got > 0) {
        if (::write(file.get(), buffer->data(), static_cast<std::size_t>(got)) != got) fail("write");
        result.bytes += static_cast<std::uint64_t>(got);
      } else if (got == 0) {
        reader.reset();
        --open;
      }
    }
  }
  result.seconds = static_cast<double>(now_ns() - start) / 1e9;
  result.cpu_seconds = std::chrono::duration<double>(own_cpu() - cpu).count();
  for (const auto& child : children) bare_reap(child);
  return result;
}

}  // namespace supd::bench
