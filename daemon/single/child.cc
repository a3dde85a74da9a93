#include "daemon/single/child.hpp"

#include <paths.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "daemon/single/child_plan.hpp"
#include "daemon/sys/clone.hpp"

namespace supd::single {
namespace {

constexpr int could_not_run = 1;
constexpr int not_executable = 126;  // as shells have it
constexpr int not_found = 127;
constexpr const char* default_search_path = "/usr/local/bin:/usr/bin:/bin";

/// The environment with LISTEN_PID made to name the child, when it names us (sd_listen_fds(3)).
class ChildEnvironment {
 public:
  ChildEnvironment() {
    constexpr std::string_view name = "LISTEN_PID=";
    const char* value = ::getenv("LISTEN_PID");
    if (value == nullptr || value != std::to_string(::getpid())) return;
    std::memcpy(entry_.data(), name.data(), name.size());
    digits_ = entry_.data() + name.size();
    for (char** at = environ; *at != nullptr; ++at) {
      copy_.push_back(std::string_view(*at).starts_with(name) ? entry_.data() : *at);
    }
    copy_.push_back(nullptr);
  }
  ChildEnvironment(const ChildEnvironment&) = delete;
  ChildEnvironment& operator=(const ChildEnvironment&) = delete;

  [[nodiscard]] const char* const* entries() const { return copy_.empty() ? environ : copy_.data(); }
  [[nodiscard]] char* pid_digits() { return digits_; }

 private:
  std::array<char, 16 + pid_text_size> entry_{};
  char* digits_ = nullptr;
  std::vector<const char*> copy_;
};

/// For run_child(): the path of the script goes into the second place.
std::vector<const char*> script_words(char* const* command) {
  std::vector<const char*> words{_PATH_BSHELL, nullptr};
  for (char* const* word = command + 1; *word != nullptr; ++word) words.push_back(*word);
  words.push_back(nullptr);
  return words;
}

std::string reason(const std::string& name, const sys::ExecSearch& search, int error) {
  bool searched = name.find('/') == std::string::npos;
  if (name.empty()) return "its name is empty";
  if (search.misses_interpreter()) return search.missing_text();
  if (error == ENOENT && searched) return "not found in PATH (" + std::string(search.search_path) + ")";
  struct stat info {};
  bool exists = ::stat(search.tried.data(), &info) == 0;
  if (error == EACCES && !searched && exists && S_ISDIR(info.st_mode)) return "it is a directory";
  if (error == ENOEXEC) return "not a program for this machine, nor a script";
  return std::strerror(error);
}

StartFailure failure(const ChildPlan& plan) {
  std::string name = plan.search.argv[0];
  int code = plan.error == ENOENT || plan.error == ENOTDIR ? not_found : not_executable;
  return {code, "can't run '" + name + "': " + reason(name, plan.search, plan.error)};
}

StartFailure no_process(int error) {
  return {could_not_run, std::string("can't start a process: ") + std::strerror(error)};
}

}  // namespace

std::expected<pid_t, StartFailure> start(const StartRequest& request) {
  ChildEnvironment environment;
  std::vector<const char*> script = script_words(request.command);
  const char* path = ::getenv("PATH");
  ChildPlan plan;
  plan.search.argv = request.command;
  plan.search.envp = environment.entries();
  plan.search.search_path = path != nullptr ? path : default_search_path;
  plan.script = script.data();
  plan.listen_pid = environment.pid_digits();
  plan.new_session = request.new_session;
  plan.terminal = request.terminal;
  plan.to_foreground = !request.new_session && request.terminal.ours();
  auto stack = sys::ChildStack::map();
  if (!stack) return std::unexpected(no_process(stack.error().code));
  sys::Cloned made = sys::clone_vfork({run_child, &plan, false, {}}, *stack);
  if (made.pid < 0) return std::unexpected(no_process(made.error));
  if (plan.error == 0) return made.pid;
  while (::waitpid(made.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (plan.to_foreground) request.terminal.give_to(::getpgrp());
  return std::unexpected(failure(plan));
}

}  // namespace supd::single
