#pragma once

/// The floor: what the kernel needs for the same work with nothing around it. Bare loops over
/// clone(CLONE_VM|CLONE_VFORK|CLONE_PIDFD), exec and waitid.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/time.hpp"

namespace supd::bench {

struct BareChild {
  pid_t pid = 0;
  sys::UniqueFd pidfd;
};

/// Starts a program with nothing done in between; `output` (or -1) becomes its stdout.
[[nodiscard]] BareChild bare_spawn(char* const* argv, int output = -1);
/// Waits for its end and reaps it.
void bare_reap(const BareChild& child);

/// argv for bare_spawn that owns its words.
class Words {
 public:
  explicit Words(std::vector<std::string> words);
  [[nodiscard]] char* const* argv() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

/// CPU time of this process so far, user and system.
[[nodiscard]] Duration own_cpu();

}  // namespace supd::bench
