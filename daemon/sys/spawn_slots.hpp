#pragma once

/// Three low fds, kept as placeholders, through which a child gets its stdio (see spawn.hpp).

#include <array>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

class SpawnSlots {
 public:
  [[nodiscard]] static Result<SpawnSlots> reserve();

  /// Puts stdin, stdout and stderr into the slots; a negative one stays /dev/null.
  /// Returns 0 or an errno value.
  [[nodiscard]] int fill(const std::array<int, 3>& stdio);
  /// Back to placeholders: a slot must not keep the write end of a pipe open.
  void clear();

  [[nodiscard]] std::array<int, 3> fds() const;
  /// All slots are below this number.
  [[nodiscard]] unsigned ceiling() const;

 private:
  std::array<UniqueFd, 3> slots_;
  std::array<bool, 3> filled_{};
  UniqueFd null_;  ///< above the slots
};

}  // namespace supd::sys
