#pragma once

/// Base 64 with padding (RFC 4648, section 4), for log lines that are not valid UTF-8.

#include <optional>
#include <string>
#include <string_view>

namespace supd {

[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// The bytes, or nothing when `text` is not exactly what an encoder writes (wrong letters, length,
/// padding, or set bits behind the end).
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace supd
