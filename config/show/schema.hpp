#pragma once

/// JSON Schema (draft 7, which editors take for TOML) of unit files and of supd.toml, from the list of keys.

#include <string>

#include "config/show/key_page.hpp"

namespace supd::config {

/// Of a file of one unit, its drop-ins and its table below [units.NAME]. Ends with a newline, as the next one.
[[nodiscard]] std::string unit_schema();

/// Of a file with supd's own settings, [defaults] and many units.
[[nodiscard]] std::string settings_schema();

/// Of the value of one key that is built: one object on one line.
[[nodiscard]] std::string key_schema(const KeyPage& page);

}  // namespace supd::config
