#pragma once

/// Units for the simulation: what may stand in files, at random.

#include <cstddef>
#include <random>
#include <vector>

#include "units/spec.hpp"

namespace supd::testing {

using Rng = std::mt19937_64;

/// A unit "u7" for 7. `others`: numbers of the units that there are. It depends on u0 to u6 at most, so that there is
/// never a cycle.
[[nodiscard]] UnitSpec random_spec(Rng& rng, std::size_t number, const std::vector<std::size_t>& others);

/// Two to seven of them.
[[nodiscard]] std::vector<UnitSpec> random_specs(Rng& rng);

}  // namespace supd::testing
