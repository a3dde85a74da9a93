#pragma once

#include <memory>

#include "daemon/io/uring_loop.hpp"

namespace supd::io {

/// An io_uring loop that has proved itself: the kernel knows the operations, and a read of a real pipe
/// and a wait for a real child came back right. The error names the step that did not.
Result<std::unique_ptr<UringLoop>> open_probed(const uring::Options& options = {});

}  // namespace supd::io
