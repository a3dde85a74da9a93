#pragma once

/// The two pipes that carry a run's output.

#include "daemon/sys/fd.hpp"
#include "units/base/spawn_failure.hpp"

#include <expected>

namespace supd {

struct OutputPipes {
  sys::UniqueFd out_read, out_write;  ///< the reading ends are O_NONBLOCK, the writing ends are not
  sys::UniqueFd err_read, err_write;

  [[nodiscard]] static std::expected<OutputPipes, SpawnFailure> make();
};

}  // namespace supd
