#pragma once

/// Shell-style matching of unit names: `*`, `?`, `[a-z]`, `[!x]`. No regular expressions.

#include <string_view>

namespace supd {

/// Whether `name` matches `pattern` as a whole. Linear-time backtracking over one star at a time.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

/// Whether `text` has any of the characters that make it a pattern.
[[nodiscard]] bool is_glob(std::string_view text);

}  // namespace supd
