#pragma once

/// The little of UTF-8 (RFC 3629) that messages and checks need.

#include <cstddef>
#include <string_view>

namespace supd::config {

/// Length in bytes of the character that `text` begins with; 0 when it begins with none: an empty
/// text, a stray or missing continuation byte, an overlong form, a surrogate, more than U+10FFFF.
[[nodiscard]] std::size_t character_length(std::string_view text);

/// The offset of the first byte that is not part of a valid character; npos when all is valid.
[[nodiscard]] std::size_t first_invalid_byte(std::string_view text);

/// The number of characters in valid UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace supd::config
