#pragma once

/// TOML (https://toml.io, version 1.0) text to a Value.

#include <optional>

#include "config/text/value.hpp"

namespace supd::config {

/// Most tables and lists that may be nested in each other.
inline constexpr int max_nesting = 8;

/// The document as a table. Nothing when it is not TOML: then the first thing that is wrong with it
/// is noted. Throws nothing.
[[nodiscard]] std::optional<Value> read_toml(Problems& problems);

}  // namespace supd::config
