#include "tests/single/subject.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include "tests/integration/program.hpp"

namespace supd::test {
namespace {

constexpr int keep_from = 3;

[[noreturn]] void give_up(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// A terminal that shows what is printed as it is, and does not echo what is typed.
std::pair<sys::UniqueFd, sys::UniqueFd> open_terminal() {
  int master = -1, slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) give_up("openpty");
  termios settings{};
  ::tcgetattr(slave, &settings);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  ::tcsetattr(slave, TCSANOW, &settings);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  return {sys::UniqueFd(master), sys::UniqueFd(slave)};
}

void own_proc() {
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  ::mount("proc", "/proc", "proc", 0, nullptr);
}

void wire(int input, int output, bool terminal) {
  if (terminal) {
    ::setsid();
    ::ioctl(output, TIOCSCTTY, 0);
  }
  ::dup2(input, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  if (output >= keep_from) ::close(output);
  if (input >= keep_from && input != output) ::close(input);
}

}  // namespace

std::string skip_reason(const How& how) {
  if (how.init && ::geteuid() != 0) return "a pid namespace of its own needs root";
  return "";
}

void Subject::fork_and_exec(const std::vector<std::string>& arguments, const How& how) {
  sys::UniqueFd input, theirs;
  if (how.terminal) {
    std::tie(output_, theirs) = open_terminal();
    input.reset(::dup(theirs.get()));
  } else {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) give_up("pipe");
    output_.reset(ends[0]);
    theirs.reset(ends[1]);
    input.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  std::string program = how.program.empty() ? SUPD_PROGRAM : how.program;
  // Opened here: another user may not find the way to it. High up: `before` may want the low numbers.
  sys::UniqueFd low(::open(program.c_str(), O_PATH | O_CLOEXEC));
  sys::UniqueFd file(::fcntl(low.get(), F_DUPFD_CLOEXEC, 100));
  std::vector<char*> argv{program.data()};
  for (const auto& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  unsigned long flags = SIGCHLD | (how.init ? CLONE_NEWPID | CLONE_NEWNS : 0UL);
  long pid = ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) give_up("clone");
  if (pid == 0) {
    if (how.init) own_proc();
    wire(input.get(), theirs.get(), how.terminal);
    for (const auto& [name, value] : how.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (how.before) how.before();
    ::syscall(SYS_execveat, file.get(), "", argv.data(), environ, AT_EMPTY_PATH);
    ::_exit(125);
  }
  pid_ = static_cast<pid_t>(pid);
}

Subject::Subject(const std::vector<std::string>& arguments, const How& how) { fork_and_exec(arguments, how); }

Subject::~Subject() {
  if (reaped_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Subject::signal(int number) const { ::kill(pid_, number); }

void Subject::await_stop() const {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED);
}

void Subject::type(std::string_view keys) const {
  if (::write(output_.get(), keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) give_up("write");
}

bool Subject::read_more() {
  pollfd ready{output_.get(), POLLIN, 0};
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(integration::patience()).count();
  if (::poll(&ready, 1, static_cast<int>(ms)) != 1) return false;
  std::array<char, 4096> bytes{};
  ssize_t got = ::read(output_.get(), bytes.data(), bytes.size());
  buffer_ += got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : "(end)\n";  // EIO of a terminal
  return true;
}

std::string Subject::line() {
  while (buffer_.find('\n') == std::string::npos) {
    if (!read_more()) return "(nothing)";
  }
  std::string line = buffer_.substr(0, buffer_.find('\n'));
  buffer_.erase(0, line.size() + 1);
  return line;
}

std::string Subject::line_with(std::string_view begin) {
  while (true) {
    std::string next = line();
    if (next.starts_with(begin) || next == "(end)" || next == "(nothing)") return next;
  }
}

std::string Subject::end() {
  while (true) {
    std::string next = line();
    if (next == "(nothing)") return next;
    if (next == "(end)") break;
  }
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) return "(lost)";
  reaped_ = true;
  std::ostringstream out;
  if (WIFEXITED(status)) out << "exited " << WEXITSTATUS(status);
  if (WIFSIGNALED(status)) out << "killed " << WTERMSIG(status);
  return out.str();
}

int ready_part(const std::string& line, int part) {
  std::istringstream in(line);
  std::string word;
  int value = -1;
  in >> word;
  for (int i = 0; i <= part; ++i) in >> value;
  return word == "ready" && in ? value : -1;
}

}  // namespace supd::test
