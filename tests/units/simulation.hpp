#pragma once

/// A seeded world for the core: random units and dependencies, processes that exit, hang, ignore
/// SIGTERM, leave children behind or can't be started, random commands and random other configurations, all in
/// virtual time.
/// After every step the promises are checked. A seed replays exactly.

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "units/supervisor.hpp"

namespace supd::testing {

/// What went wrong, or nothing.
struct Outcome {
  std::optional<std::string> broken;  ///< the promise and the details
  std::uint64_t steps = 0;
  std::string trace;  ///< every event and action, when asked for
};

[[nodiscard]] Outcome simulate(std::uint64_t seed, bool with_trace);

}  // namespace supd::testing
