#pragma once

/// The little of UTF-8 (RFC 3629, units/base/utf8.hpp) that messages and checks need.

#include <cstddef>
#include <string_view>

#include "units/base/utf8.hpp"

namespace supd::config {

/// Length in bytes of the character that `text` begins with; 0 when it begins with none: an empty
/// text, a stray or missing continuation byte, an overlong form, a surrogate, more than U+10FFFF.
[[nodiscard]] inline std::size_t character_length(std::string_view text) { return decode_utf8(text).length; }

/// The offset of the first byte that is not part of a valid character; npos when all is valid.
[[nodiscard]] inline std::size_t first_invalid_byte(std::string_view text) {
  std::size_t valid = valid_utf8_prefix(text);
  return valid == text.size() ? std::string_view::npos : valid;
}

/// The number of characters in valid UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace supd::config
