#pragma once

/// What holds for a unit, key by key, for `supctl show`.

#include <span>
#include <string>
#include <vector>

#include "units/spec.hpp"

namespace supd::config {

struct EffectiveValue {
  std::string key;    ///< "restart.delay", "env.PATH"
  std::string value;  ///< as TOML
  std::string where;  ///< "FILE:LINE" of the unit, or "" for a default
};

/// Every key that has a value for this kind of unit, in the order of the documentation. `files` is
/// Loaded::files.
[[nodiscard]] std::vector<EffectiveValue> effective(const UnitSpec& unit, std::span<const std::string> files);

}  // namespace supd::config
