#pragma once

/// A spec back to the text of a unit file.

#include <string>

#include "units/spec.hpp"

namespace supd::config {

/// A unit file that loads to an equal spec under the unit's name; what is a default is left out. [env] has all
/// values, those of environment.files too. What no key says is not in it: `masked`, and which of a set it is.
/// Names of users and groups are written as they were given, so the machine must know them still.
[[nodiscard]] std::string to_toml(const UnitSpec& unit);

}  // namespace supd::config
