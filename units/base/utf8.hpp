#pragma once

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <string>
#include <string_view>

namespace supd {

/// One character.
struct Utf8Character {
  char32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0: `text` starts with none
};
/// The character at the front of `text`.
[[nodiscard]] Utf8Character decode_utf8(std::string_view text);

/// Length of the longest valid prefix of `text`; text.size() when all of it is valid.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text);

[[nodiscard]] inline bool is_utf8(std::string_view text) { return valid_utf8_prefix(text) == text.size(); }

/// `text` with U+FFFD in the place of each byte that is not part of a valid character.
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

}  // namespace supd
