#pragma once

/// What holds for a unit, key by key, for `supctl show`.

#include <string>
#include <vector>

#include "config/load.hpp"

namespace supd::config {

struct EffectiveValue {
  std::string key;    ///< "restart.delay", "env.PATH"
  std::string value;  ///< as TOML
  std::string where;  ///< "FILE:LINE", or "" for a default
};

/// Every key that has a value for this kind of unit, in the order of the documentation. `loaded` knows the files.
[[nodiscard]] std::vector<EffectiveValue> effective(const Unit& unit, const Loaded& loaded);

}  // namespace supd::config
