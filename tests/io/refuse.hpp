#pragma once

/// A seccomp filter for this process that answers one system call with an error, as container runtimes do.

#include <string>

namespace supd::io::test {

struct Refusal {
  long call;         ///< number of the system call
  int error;         ///< errno value that it answers from now on
  std::string step;  ///< how a message must name it
};

extern const long io_uring_setup_call;
extern const long io_uring_enter_call;
extern const long io_uring_register_call;
extern const long epoll_pwait2_call;
extern const long clone3_call;

/// Whether the filter is in place. For the rest of this process's life.
bool refuse(const Refusal& refusal);

}  // namespace supd::io::test
