#pragma once

/// Where the values of a unit were written: what `supctl show` prints beside them.

#include <cstdint>
#include <vector>

namespace supd::config {

/// `file` indexes Loaded::files; line from 1, 0: the file as a whole.
struct Origin {
  std::uint16_t key = 0;   ///< place in unit_keys()
  std::uint16_t item = 0;  ///< of the key `env`: place in EnvironmentSpec::values; else 0
  std::uint32_t file = 0;
  std::uint32_t line = 0;
};

/// Kept small: there may be thousands. Values without an entry are defaults.
struct Origins {
  std::vector<Origin> values;        ///< sorted by key and item
  std::vector<std::uint32_t> files;  ///< every file that had a say: its own, drop-ins, template, defaults, environment
};

}  // namespace supd::config
