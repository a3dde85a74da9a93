// SPDX-License-Identifier: GPL-2.0-only
#include "helper.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace conformance {
namespace {

[[noreturn]] void wait_after_exec(pid_t pid) {
  siginfo_t info{};
  ::kill(pid, SIGKILL);
  const int rc = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED);
  const bool right = rc == 0 && info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL;
  ::_exit(right ? 0 : 1);
}

}  // namespace

void play_a_part(int count, char** words) {
  if (count != 3) return;
  if (std::strcmp(words[1], exit_word) == 0) ::_exit(std::atoi(words[2]));
  if (std::strcmp(words[1], after_exec_word) == 0) wait_after_exec(std::atoi(words[2]));
}

}  // namespace conformance
