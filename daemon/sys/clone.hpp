#pragma once

/// clone(2) and clone3(2) as vfork with a stack of the child's own: the caller sleeps until the child
/// has called execve or ended, and shares its memory until then.

#include <sys/types.h>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// The child's stack, with a guard page below.
class ChildStack {
 public:
  [[nodiscard]] static Result<ChildStack> map();
  ChildStack(ChildStack&& other) noexcept;
  ChildStack& operator=(ChildStack&&) = delete;
  ~ChildStack();
  [[nodiscard]] void* base() const;  ///< above the guard page
  [[nodiscard]] void* top() const;
  [[nodiscard]] static std::size_t size();

 private:
  explicit ChildStack(char* memory) : memory_(memory) {}
  char* memory_;
};

struct CloneCall {
  int (*body)(void*) = nullptr;  ///< the child; must not return
  void* argument = nullptr;
  bool share_files = false;  ///< CLONE_FILES
  BorrowedFd cgroup;         ///< valid: CLONE_INTO_CGROUP, by clone3
};

struct Cloned {
  pid_t pid = -1;
  int error = 0;  ///< errno value when pid is -1
  UniqueFd pidfd;
};

[[nodiscard]] Cloned clone_vfork(const CloneCall& call, const ChildStack& stack);

}  // namespace supd::sys
