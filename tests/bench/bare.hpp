#pragma once

/// The floor: what the kernel needs for the same work with nothing around it. Bare loops over
/// clone(CLONE_VM|CLONE_VFORK|CLONE_PIDFD), exec and waitid, and a bare reader of pipes.

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

struct BareRead {
  double seconds = 0, cpu_seconds = 0;
  std::uint64_t bytes = 0;
};
/// Starts `writers` children with these words and copies what they write into `file`: epoll, read,
/// write. CPU time is the reader's alone.
[[nodiscard]] BareRead bare_read(const std::vector<Words>& writers, const std::string& file);

}  // namespace supd::bench
