#include "tests/integration/program.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "tests/integration/scratch.hpp"

namespace supd::integration {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

/// Ours, less what is given anew.
std::vector<std::string> merged_environment(const std::vector<std::string>& extra) {
  std::vector<std::string> out = extra;
  for (char** at = environ; *at != nullptr; ++at) {
    std::string_view have(*at);
    bool replaced = false;
    for (const auto& entry : extra) replaced = replaced || have.starts_with(entry.substr(0, entry.find('=') + 1));
    if (!replaced) out.emplace_back(have);
  }
  return out;
}

int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

ExitStatus exit_of(const siginfo_t& info) { return {info.si_code, info.si_status}; }

pid_t spawn(const std::vector<std::string>& argv, const ProgramOptions& options) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const char* output = options.output.empty() ? "/dev/null" : options.output.c_str();
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  for (auto [ours, theirs] : options.fds) ::posix_spawn_file_actions_adddup2(&actions, ours, theirs);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, options.own_group ? POSIX_SPAWN_SETPGROUP : 0);
  std::vector<std::string> environment = merged_environment(options.environment);
  pid_t pid = 0;
  int error = ::posix_spawnp(&pid, argv.front().c_str(), &actions, &attributes, pointers(argv).data(),
                             pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), argv.front());
  return pid;
}

/// A field of /proc/PID/stat behind the name: 0 is the state, 1 the parent's pid.
std::string stat_field(const std::string& pid, std::size_t which) {
  std::string text = slurp("/proc/" + pid + "/stat");
  std::size_t at = text.rfind(')');
  for (std::size_t i = 0; at != std::string::npos && i <= which; ++i) at = text.find(' ', at + 1);
  return at == std::string::npos ? "" : text.substr(at + 1, text.find(' ', at + 1) - at - 1);
}

std::vector<std::string> children_alive() {
  std::vector<std::string> out;
  std::string self = std::to_string(::getpid());
  DIR* proc = ::opendir("/proc");
  if (proc == nullptr) return out;
  while (const dirent* entry = ::readdir(proc)) {
    std::string pid = entry->d_name;
    if (pid.find_first_not_of("0123456789") == std::string::npos && stat_field(pid, 1) == self &&
        stat_field(pid, 0) != "Z") {
      out.push_back(pid);
    }
  }
  ::closedir(proc);
  return out;
}

/// False when there are no children at all.
bool reap_one(int flags) {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | flags) == 0 && info.si_pid != 0;
}

}  // namespace

// Machines differ by a factor of ten in how long a process takes to start, and ten thousand are waited for at once.
Duration patience() {
#ifdef __SANITIZE_ADDRESS__
  return 240s;
#else
  return 90s;
#endif
}

Program::Program(const std::vector<std::string>& argv, const ProgramOptions& options) : pid_(spawn(argv, options)) {
  pidfd_.reset(open_pidfd(pid_));
  if (!pidfd_.valid()) throw std::system_error(errno, std::generic_category(), "pidfd_open");
}

Program::~Program() {
  if (exit_) return;
  signal(SIGKILL);
  static_cast<void>(wait(patience()));
}

void Program::signal(int number) const {
  static_cast<void>(::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0));
}

// Safe: it has not been reaped yet, so its pid and its group can't be anybody else's.
void Program::signal_group(int number) const {
  if (!exit_) ::kill(-pid_, number);
}

bool Program::ends(Duration longest) const {
  pollfd ended{pidfd_.get(), POLLIN, 0};
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(longest).count();
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, static_cast<int>(std::min<long>(ms, INT_MAX)));
  } while (ready < 0 && errno == EINTR);
  return ready == 1;
}

std::optional<ExitStatus> Program::wait(Duration longest) {
  if (exit_) return exit_;
  if (!ends(longest)) return std::nullopt;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0) throw std::runtime_error("waitid: not our child");
  exit_ = exit_of(info);
  return exit_;
}

Ran run(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  Scratch scratch;
  Program program(argv, {scratch.file("output"), {}, environment});
  auto exit = program.wait(patience());
  if (!exit) throw std::runtime_error(argv.front() + " did not end");
  return {*exit, slurp(scratch.file("output"))};
}

void adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) throw std::system_error(errno, std::generic_category(), "prctl");
}

std::vector<std::string> sweep_children() {
  std::vector<std::string> found;
  while (reap_one(WNOHANG)) {
  }
  // A child that is killed leaves its own children to us: again until there are none.
  for (auto pids = children_alive(); !pids.empty(); pids = children_alive()) {
    for (const auto& pid : pids) {
      found.push_back(pid + " " + slurp("/proc/" + pid + "/comm"));
      // Children of ours, and unreaped: their pids are pinned.
      ::kill(static_cast<pid_t>(std::stol(pid)), SIGKILL);
      siginfo_t info{};
      ::waitid(P_PID, static_cast<id_t>(std::stol(pid)), &info, WEXITED);
    }
  }
  return found;
}

std::string living(std::int64_t pid) {
  std::string state = stat_field(std::to_string(pid), 0);
  if (state.empty() || state == "Z" || state == "X") return "";
  std::string name = slurp("/proc/" + std::to_string(pid) + "/comm");
  return name.substr(0, name.find('\n'));
}

}  // namespace supd::integration
