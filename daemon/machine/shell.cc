#include "daemon/machine/shell.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "daemon/log/own_log.hpp"

namespace supd::machine {
namespace {

constexpr const char* console = "/dev/console";
constexpr unsigned pause_seconds = 5;  ///< where not even a shell can be had

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

}  // namespace

void emergency_shell(const char* why, const std::vector<std::string>& command) {
  log::error(std::string(why) + ": a shell on the console; when it ends, supd tries again");
  pid_t shell = ::fork();
  if (shell == 0) become(command);
  int status = 0;
  for (pid_t ended = 0; shell > 0 && ended != shell;) {
    ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) break;
  }
  bool had_one = shell > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127;
  if (!had_one) ::sleep(pause_seconds);
}

}  // namespace supd::machine
