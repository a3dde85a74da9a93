// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <string_view>

#include "daemon/io/kernel/fd.hpp"
#include "daemon/io/kernel/trial.hpp"
#include "daemon/io/uring_opcodes.hpp"
#include "suite.hpp"

namespace conformance {

using supd::kernel::Cqe;
using supd::kernel::Fd;
using supd::kernel::Pipe;
using supd::kernel::RingShape;
using supd::kernel::Trial;

/// A trial of IORING_OP_READ_MULTISHOT with one group of buffers, all given to the kernel.
struct ReadTrial : Trial {
  static constexpr std::uint64_t read_tag = 31;
  static constexpr std::uint64_t cancel_tag = 32;

  explicit ReadTrial(unsigned count = 8, std::size_t bytes_each = 64, RingShape shape = {})
      : Trial(supd::io::uring::op_read_multishot, shape) {
    if (good()) provide(count, bytes_each).give_all();
  }

  io_uring_sqe& arm(int fd, std::uint64_t tag = read_tag) { return prepare_read(ring(), tag, fd, buffers().group()); }

  void is_text(std::string_view seen, std::string_view wanted);

  /// Not supported, with the errno, unless the descriptor is there.
  void need(const Fd& fd, std::string_view name);

  /// Takes the bytes that one completion brought, recycles its buffer and arms the descriptor again when the request
  /// has ended for want of buffers, room or persistence. False at the end of the file or when the trial is over.
  bool take_some(int fd, std::string& taken);
};

}  // namespace conformance
