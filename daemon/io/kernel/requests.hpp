#pragma once

/// The requests that the checks make. `tag` becomes the user_data; submission is the ring's matter.

#include <csignal>
#include <cstdint>

#include "daemon/io/kernel/ring.hpp"

namespace supd::kernel {

struct WaitFor {
  unsigned idtype = 0;
  int id = 0;
  unsigned options = 0;
};

/// One exit (or stop, or continuation) of a child.
io_uring_sqe& prepare_waitid(Ring& ring, std::uint64_t tag, WaitFor what, siginfo_t* info);

/// Reads into the buffers of a group until the end of the file.
io_uring_sqe& prepare_read(Ring& ring, std::uint64_t tag, int fd, std::uint16_t group);

/// One readiness for reading.
io_uring_sqe& prepare_poll(Ring& ring, std::uint64_t tag, int fd);

/// Ends the request that has `target` as its tag.
io_uring_sqe& prepare_cancel(Ring& ring, std::uint64_t tag, std::uint64_t target);

io_uring_sqe& prepare_nop(Ring& ring, std::uint64_t tag);

}  // namespace supd::kernel
