#include "units/base/visible.hpp"

#include <array>
#include <cstdio>

#include "units/base/utf8.hpp"

namespace supd {
namespace {

struct Range {
  char32_t first, last;
};

// What a terminal obeys, or what changes the order in which a line is shown.
constexpr std::array unsafe_ranges{Range{0x7f, 0x9f}, Range{0x061c, 0x061c}, Range{0x200e, 0x200f},
                                   Range{0x2028, 0x202e}, Range{0x2066, 0x2069}};

bool is_plain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

void append_escape(std::string& out, const char* format, unsigned value) {
  std::array<char, 16> text{};
  int length = std::snprintf(text.data(), text.size(), format, value);
  out.append(text.data(), static_cast<std::size_t>(length));
}

void append_character(std::string& out, std::string_view bytes, const Utf8Character& character) {
  char32_t code = character.code;
  if (character.length == 0) return append_escape(out, "\\x%02x", static_cast<unsigned char>(bytes[0]));
  if (code == '\n') {
    out += "\\n";
  } else if (code == '\r') {
    out += "\\r";
  } else if (code < 0x20 || code == 0x7f) {
    append_escape(out, "\\x%02x", static_cast<unsigned>(code));
  } else if (is_unsafe_on_terminal(code)) {
    append_escape(out, "\\u%04x", static_cast<unsigned>(code));
  } else {
    out += bytes.substr(0, character.length);
  }
}

}  // namespace

bool is_unsafe_on_terminal(char32_t code) {
  for (const Range& range : unsafe_ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

void append_visible(std::string& out, std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t end = at;
    while (end < bytes.size() && is_plain(bytes[end])) ++end;
    out += bytes.substr(at, end - at);
    if (end == bytes.size()) return;
    Utf8Character character = decode_utf8(bytes.substr(end));
    append_character(out, bytes.substr(end), character);
    at = end + (character.length == 0 ? 1 : character.length);
  }
}

std::string visible(std::string_view bytes) {
  std::string out;
  append_visible(out, bytes);
  return out;
}

}  // namespace supd
