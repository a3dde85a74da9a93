#include "daemon/sys/clone.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include "daemon/sys/pidfd.hpp"

namespace supd::sys {
namespace {

constexpr std::size_t guard_size = 64 * 1024;  // whole pages whatever the page size
constexpr std::size_t stack_size = 64 * 1024;
constexpr std::uint64_t into_cgroup = 0x200000000ULL;  // CLONE_INTO_CGROUP, Linux 5.7

/// struct clone_args of clone3(2), version 2 (88 bytes).
struct CloneArgs {
  std::uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
static_assert(sizeof(CloneArgs) == 88);

/// The system call and the jump to `body` on the new stack in one piece of assembler: a C++ function
/// can't return twice, on two stacks. Returns the pid or a negative errno value.
long clone3_call([[maybe_unused]] CloneArgs* args, [[maybe_unused]] int (*body)(void*),
                 [[maybe_unused]] void* argument) {
#if defined(__x86_64__)
  long result = SYS_clone3;
  register void* child_argument asm("r8") = argument;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "movq %%r8, %%rdi\n\t"
      "callq *%%rdx\n\t"
      "hlt\n"
      "1:"
      : "+a"(result)
      : "D"(args), "S"(sizeof *args), "d"(body), "r"(child_argument)
      : "rcx", "r11", "cc", "memory");
  return result;
#elif defined(__aarch64__)
  register long number asm("x8") = SYS_clone3;
  register long result asm("x0") = reinterpret_cast<long>(args);
  register std::size_t size asm("x1") = sizeof *args;
  register int (*child_body)(void*) asm("x2") = body;
  register void* child_argument asm("x3") = argument;
  asm volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x0, x3\n\t"
      "blr x2\n\t"
      "brk #1\n"
      "1:"
      : "+r"(result)
      : "r"(number), "r"(size), "r"(child_body), "r"(child_argument)
      : "cc", "memory");
  return result;
#else
  return -ENOSYS;
#endif
}

Cloned clone_with_clone3(const CloneCall& call, std::uint64_t flags, const ChildStack& stack) {
  int pidfd = -1;
  CloneArgs args{};
  args.flags = flags | CLONE_PIDFD | into_cgroup;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<std::uintptr_t>(stack.base());
  args.stack_size = ChildStack::size();
  args.cgroup = static_cast<std::uint64_t>(call.cgroup.get());
  long result = clone3_call(&args, call.body, call.argument);
  if (result < 0) return {-1, static_cast<int>(-result), {}};
  return {static_cast<pid_t>(result), 0, UniqueFd(pidfd)};
}

Cloned clone_with_clone(const CloneCall& call, int flags, const ChildStack& stack) {
  int pidfd = -1;  // stays so on kernels that do not know CLONE_PIDFD (before 5.2)
  pid_t pid = ::clone(call.body, stack.top(), flags | CLONE_PIDFD | SIGCHLD, call.argument, &pidfd);
  if (pid < 0 && errno == EINVAL) {
    pid = ::clone(call.body, stack.top(), flags | SIGCHLD, call.argument);
  }
  if (pid < 0) return {-1, errno, {}};
  if (pidfd >= 0) return {pid, 0, UniqueFd(pidfd)};
  auto opened = pidfd_open(pid);  // our own unreaped child: the pid can't mean anybody else
  return {pid, 0, opened ? std::move(*opened) : UniqueFd()};
}

}  // namespace

Result<ChildStack> ChildStack::map() {
  void* memory = ::mmap(nullptr, guard_size + stack_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return failed("mmap", "child stack");
  ChildStack stack(static_cast<char*>(memory));
  if (::mprotect(memory, guard_size, PROT_NONE) != 0) return failed("mprotect", "child stack");
  return stack;
}

ChildStack::ChildStack(ChildStack&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}
ChildStack::~ChildStack() {
  if (memory_ != nullptr) ::munmap(memory_, guard_size + stack_size);
}
void* ChildStack::base() const { return memory_ + guard_size; }
void* ChildStack::top() const { return memory_ + guard_size + stack_size; }
std::size_t ChildStack::size() { return stack_size; }

Cloned clone_vfork(const CloneCall& call, const ChildStack& stack) {
  int flags = CLONE_VM | CLONE_VFORK | (call.share_files ? CLONE_FILES : 0);
  if (call.cgroup.valid()) return clone_with_clone3(call, static_cast<std::uint64_t>(flags), stack);
  return clone_with_clone(call, flags, stack);
}

}  // namespace supd::sys
