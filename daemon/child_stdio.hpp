#pragma once

/// What a child reads and where it writes: pipes into its log, or a terminal.

#include <expected>

#include "daemon/sys/fd.hpp"
#include "daemon/sys/spawn.hpp"
#include "units/base/spawn_failure.hpp"
#include "units/spec.hpp"

namespace supd {

class ChildStdio {
 public:
  /// Opens the terminal or makes the pipes. What is supd's own must stay open as fds 0 to 2.
  [[nodiscard]] static std::expected<ChildStdio, SpawnFailure> make(const TerminalSpec& spec);

  /// For spawn(), while this lives.
  void wire(sys::SpawnRequest& request) const;

  sys::UniqueFd out_read, err_read;  ///< O_NONBLOCK, the writing ends are not; invalid: a terminal has the output

 private:
  sys::UniqueFd out_write_, err_write_;
  sys::UniqueFd terminal_;
  TerminalSpec spec_;
};

}  // namespace supd
