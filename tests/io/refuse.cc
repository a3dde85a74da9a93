#include "tests/io/refuse.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace supd::io::test {

const long io_uring_setup_call = SYS_io_uring_setup;
const long io_uring_enter_call = SYS_io_uring_enter;
const long io_uring_register_call = SYS_io_uring_register;
const long epoll_pwait2_call = SYS_epoll_pwait2;
const long clone3_call = SYS_clone3;

bool refuse(const Refusal& refusal) {
  const auto call = static_cast<std::uint32_t>(refusal.call);
  const auto answer = static_cast<std::uint32_t>(SECCOMP_RET_ERRNO) | static_cast<std::uint32_t>(refusal.error);
  std::array<sock_filter, 4> program = {{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call},
      {BPF_RET | BPF_K, 0, 0, answer},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace supd::io::test
