#pragma once

/// "Did you mean": the candidate with the smallest edit distance to a misspelt word.

#include <span>
#include <string>
#include <string_view>

namespace supd {

/// The nearest candidate, or "" when none is near enough to be a likely slip of the hand.
/// Words longer than 64 characters are not compared (bounded work on hostile input).
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string_view> candidates);
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace supd
