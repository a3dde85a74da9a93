#pragma once

/// How a process ended, exactly as waitid(2) tells it; never folded into one number.

#include <compare>
#include <string>

namespace supd {

struct ExitStatus {
  /// The si_code values of waitid(2) that end a process (<signal.h> CLD_EXITED, CLD_KILLED, CLD_DUMPED).
  static constexpr int exited = 1;
  static constexpr int killed = 2;
  static constexpr int dumped = 3;

  int code = 0;    ///< si_code: one of the above; 0: no exit is known
  int status = 0;  ///< si_status: exit code for `exited`, else the signal number

  auto operator<=>(const ExitStatus&) const = default;
  [[nodiscard]] bool known() const { return code != 0; }
  [[nodiscard]] bool by_signal() const { return code == killed || code == dumped; }

  /// "exited with 3", "killed by SIGKILL", "killed by SIGSEGV (core dumped)".
  [[nodiscard]] std::string text() const;
};

}  // namespace supd
