#pragma once

/// The start of the one program: same fds, same directory, same user; an empty signal mask, default
/// dispositions, and a session or a process group of its own.

#include <sys/types.h>

#include <expected>
#include <string>

#include "daemon/single/terminal.hpp"

namespace supd::single {

struct StartRequest {
  char* const* command = nullptr;
  bool new_session = true;  ///< else a process group of its own in our session
  Terminal terminal;        ///< of our session: given to the child's group when it is ours
};

/// Why nothing was started, and what supd exits with: 127 not found, 126 not executable, 1 no process.
struct StartFailure {
  int exit_code = 1;
  std::string text;
};

/// All signals are blocked and all dispositions default: the child gets them from us. Returns its pid once the
/// program runs.
[[nodiscard]] std::expected<pid_t, StartFailure> start(const StartRequest& request);

}  // namespace supd::single
