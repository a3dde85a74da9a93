#pragma once

/// What must hold of a text before the TOML library sees it.

#include "config/text/source.hpp"

namespace supd::config {

/// Most parts that a dotted key may have. Each part is a table of its own, and tables are destroyed
/// recursively: without a bound, a line of dots would be as deep as it is long.
inline constexpr std::size_t max_key_parts = 16;

/// Valid UTF-8, no NUL, and no key of too many parts. Notes the first thing that is wrong and
/// returns false.
[[nodiscard]] bool check_text(Problems& problems);

}  // namespace supd::config
