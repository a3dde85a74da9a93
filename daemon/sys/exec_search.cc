#include "daemon/sys/exec_search.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

// Runs in the child of a vfork: see spawn_child.cc for what that forbids.

namespace supd::sys {
namespace {

/// Errors of one directory that do not end the search (execvp(3)).
bool look_further(int error) {
  return error == ENOENT || error == EACCES || error == ENOTDIR || error == ESTALE || error == ENODEV ||
         error == ETIMEDOUT || error == ENAMETOOLONG;
}

/// DIRECTORY/NAME; an empty directory is the working directory.
bool put_path(ExecSearch& search, std::string_view directory, std::string_view name) {
  if (directory.size() + name.size() + 2 > search.tried.size()) return false;
  char* at = search.tried.data();
  std::memcpy(at, directory.data(), directory.size());
  at += directory.size();
  if (!directory.empty()) *at++ = '/';
  std::memcpy(at, name.data(), name.size());
  at[name.size()] = '\0';
  return true;
}

/// Something to be done with `tried`: returns an errno value.
using Attempt = int (*)(ExecSearch& search);

int execute(ExecSearch& search) {
  ::syscall(SYS_execve, search.tried.data(), search.argv, search.envp);
  return errno;
}

int explain(ExecSearch& search) {
  missing_interpreter(search.tried.data(), search.interpreter);
  return search.misses_interpreter() ? 0 : ENOENT;
}

int attempt_at(ExecSearch& search, std::string_view directory, std::string_view name, Attempt attempt) {
  return put_path(search, directory, name) ? attempt(search) : ENAMETOOLONG;
}

int attempt_everywhere(ExecSearch& search, Attempt attempt) {
  std::string_view name(search.argv[0]);
  if (search.search_path == nullptr || name.find('/') != std::string_view::npos) {
    return attempt_at(search, {}, name, attempt);
  }
  std::string_view rest(search.search_path);
  bool denied = false;
  while (true) {
    std::size_t colon = rest.find(':');
    int error = attempt_at(search, rest.substr(0, colon), name, attempt);
    if (!look_further(error)) return error;
    denied = denied || error == EACCES;
    if (colon == std::string_view::npos) return denied ? EACCES : ENOENT;
    rest.remove_prefix(colon + 1);
  }
}

}  // namespace

int exec_search(ExecSearch& search) {
  if (*search.argv[0] == '\0') return ENOENT;
  int error = attempt_everywhere(search, execute);
  if (error == ENOENT) attempt_everywhere(search, explain);
  return error;
}

}  // namespace supd::sys
