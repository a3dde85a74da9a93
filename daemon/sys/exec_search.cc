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
int try_exec(ExecSearch& search, std::string_view directory, std::string_view name) {
  if (directory.size() + name.size() + 2 > search.tried.size()) return ENAMETOOLONG;
  char* at = search.tried.data();
  std::memcpy(at, directory.data(), directory.size());
  at += directory.size();
  if (!directory.empty()) *at++ = '/';
  std::memcpy(at, name.data(), name.size());
  at[name.size()] = '\0';
  ::syscall(SYS_execve, search.tried.data(), search.argv, search.envp);
  return errno;
}

}  // namespace

int exec_search(ExecSearch& search) {
  std::string_view name(search.argv[0]);
  if (name.empty()) return ENOENT;
  if (search.search_path == nullptr || name.find('/') != std::string_view::npos) return try_exec(search, {}, name);
  std::string_view rest(search.search_path);
  bool denied = false;
  while (true) {
    std::size_t colon = rest.find(':');
    int error = try_exec(search, rest.substr(0, colon), name);
    if (!look_further(error)) return error;
    denied = denied || error == EACCES;
    if (colon == std::string_view::npos) return denied ? EACCES : ENOENT;
    rest.remove_prefix(colon + 1);
  }
}

}  // namespace supd::sys
