#pragma once

/// One list of all keys, of units and of supd itself, with what is told of each.

#include <string>
#include <vector>

#include "config/keys/field.hpp"

namespace supd::config {

struct KeyPage {
  const KeyInfo* info = nullptr;
  bool of_unit = true;   ///< else one of supd's own settings
  bool built = true;     ///< else it is known, and an error in this version
  std::string standard;  ///< the default as TOML; "": none
  std::string bounds;    ///< in words; "" when the type says it all

  /// "restart" of "restart.delay"; "" of a key above all tables.
  [[nodiscard]] std::string_view section() const;
};

/// In the order of the documentation: units first.
[[nodiscard]] std::vector<KeyPage> key_pages();

/// What a change of the key takes, in words.
[[nodiscard]] std::string_view effect_text(const KeyPage& page);
/// The lines to write into a file, as an example: "[restart]\ndelay = \"5s\"\n".
[[nodiscard]] std::string example_text(const KeyPage& page);

}  // namespace supd::config
