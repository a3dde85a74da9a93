#include "tests/ctl/program.hpp"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "units/base/assert.hpp"

namespace supd::ctl::test {
namespace {

struct Ends {
  sys::UniqueFd ours, theirs;
};

Ends make_pipe() {
  std::array<int, 2> fds{};
  SUPD_ASSERT(::pipe2(fds.data(), O_CLOEXEC) == 0);
  return {sys::UniqueFd(fds[0]), sys::UniqueFd(fds[1])};
}

Ends make_terminal() {
  int ours = -1, theirs = -1;
  winsize size{24, 80, 0, 0};
  SUPD_ASSERT(::openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
  termios mode{};
  ::tcgetattr(theirs, &mode);
  mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // what was written is what is read
  ::tcsetattr(theirs, TCSANOW, &mode);
  ::fcntl(ours, F_SETFD, FD_CLOEXEC);
  ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
  return {sys::UniqueFd(ours), sys::UniqueFd(theirs)};
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Program::Program(const Invocation& invocation) {
  Ends out = invocation.on_terminal ? make_terminal() : make_pipe();
  Ends err = make_pipe();
  std::vector<std::string> words{"supctl"};
  words.insert(words.end(), invocation.words.begin(), invocation.words.end());
  std::vector<std::string> environment = invocation.environment;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.theirs.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.theirs.get(), 2);
  int error = ::posix_spawn(&pid_, SUPCTL_PROGRAM, &actions, nullptr, pointers_to(words).data(),
                            pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  SUPD_ASSERT(error == 0);
  out_ = std::move(out.ours);
  err_ = std::move(err.ours);
}

Program::~Program() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Program::read_some(sys::UniqueFd& fd, std::string& text) {
  std::array<char, 65536> chunk{};
  ssize_t got = fd.valid() ? ::read(fd.get(), chunk.data(), chunk.size()) : 0;
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;  // a pty ends with EIO
  text.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

bool Program::read_until(const std::string& text) {
  while (ended_.out.find(text) == std::string::npos) {
    if (!read_some(out_, ended_.out)) return false;
  }
  return true;
}

void Program::send_signal(int signal) const { ::kill(pid_, signal); }

Ended Program::finish() {
  while (read_some(out_, ended_.out)) continue;
  while (read_some(err_, ended_.err)) continue;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  ended_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return std::move(ended_);
}

Ended run_supctl(const Invocation& invocation) { return Program(invocation).finish(); }

}  // namespace supd::ctl::test
