#include "ctl/text/visible.hpp"

#include <array>
#include <cstdio>

namespace supd::ctl {
namespace {

struct Range {
  char32_t first, last;
};

// What a terminal obeys, or what changes the order in which a line is shown.
constexpr std::array unsafe_ranges{Range{0x7f, 0x9f}, Range{0x061c, 0x061c}, Range{0x200e, 0x200f},
                                   Range{0x2028, 0x202e}, Range{0x2066, 0x2069}};
constexpr std::array zero_width_ranges{Range{0x0300, 0x036f}, Range{0x200b, 0x200d}, Range{0x20d0, 0x20ff},
                                       Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}};
constexpr std::array wide_ranges{Range{0x1100, 0x115f},  Range{0x2e80, 0xa4cf},   Range{0xac00, 0xd7a3},
                                 Range{0xf900, 0xfaff},  Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
                                 Range{0xffe0, 0xffe6},  Range{0x1f300, 0x1f64f}, Range{0x1f900, 0x1f9ff},
                                 Range{0x20000, 0x3fffd}};

template <std::size_t N>
bool within(char32_t code, const std::array<Range, N>& ranges) {
  for (const Range& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

struct Decoded {
  char32_t code = 0;
  std::size_t length = 0;  ///< 0: not UTF-8
};

bool is_plain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

/// The character at the front of `text`, which is not empty. Overlong forms and surrogates are refused.
Decoded decode(std::string_view text) {
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = lead >= 0xf0 && lead < 0xf5 ? 4U : lead >= 0xe0 && lead < 0xf0 ? 3U : lead >= 0xc2 ? 2U : 0U;
  if (length == 0 || lead >= 0xf5 || text.size() < length) return {};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return {};
    code = code << 6 | (next & 0x3fU);
  }
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, length};
}

void append_escape(std::string& out, const char* format, unsigned value) {
  std::array<char, 16> text{};
  int length = std::snprintf(text.data(), text.size(), format, value);
  out.append(text.data(), static_cast<std::size_t>(length));
}

void append_character(std::string& out, std::string_view bytes, const Decoded& character) {
  char32_t code = character.code;
  if (character.length == 0) return append_escape(out, "\\x%02x", static_cast<unsigned char>(bytes[0]));
  if (code == '\n') {
    out += "\\n";
  } else if (code == '\r') {
    out += "\\r";
  } else if (code < 0x20 || code == 0x7f) {
    append_escape(out, "\\x%02x", static_cast<unsigned>(code));
  } else if (within(code, unsafe_ranges)) {
    append_escape(out, "\\u%04x", static_cast<unsigned>(code));
  } else {
    out += bytes.substr(0, character.length);
  }
}

std::size_t columns_of(char32_t code) {
  if (code < 0x300) return 1;
  if (within(code, zero_width_ranges)) return 0;
  return within(code, wide_ranges) ? 2 : 1;
}

}  // namespace

void append_visible(std::string& out, std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t end = at;
    while (end < bytes.size() && is_plain(bytes[end])) ++end;
    out += bytes.substr(at, end - at);
    if (end == bytes.size()) return;
    Decoded character = decode(bytes.substr(end));
    append_character(out, bytes.substr(end), character);
    at = end + (character.length == 0 ? 1 : character.length);
  }
}

std::string visible(std::string_view bytes) {
  std::string out;
  append_visible(out, bytes);
  return out;
}

void append_visible_json(std::string& out, std::string_view json) {
  std::size_t at = 0;
  while (at < json.size()) {
    std::size_t end = at;
    while (end < json.size() && static_cast<unsigned char>(json[end]) < 0x7f) ++end;
    out += json.substr(at, end - at);
    if (end == json.size()) return;
    Decoded character = decode(json.substr(end));
    std::size_t length = character.length == 0 ? 1 : character.length;
    if (character.length == 0) {
      out += "\xef\xbf\xbd";  // the replacement character: JSON has no place for other bytes
    } else if (within(character.code, unsafe_ranges)) {
      append_escape(out, "\\u%04x", static_cast<unsigned>(character.code));
    } else {
      out += json.substr(end, length);
    }
    at = end + length;
  }
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    Decoded character = decode(text);
    columns += character.length == 0 ? 1 : columns_of(character.code);
    text.remove_prefix(character.length == 0 ? 1 : character.length);
  }
  return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (text.size() <= columns || display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t taken = 0, used = 0;
  while (taken < text.size()) {
    Decoded character = decode(text.substr(taken));
    std::size_t width = character.length == 0 ? 1 : columns_of(character.code);
    if (used + width > columns - 1) break;
    used += width;
    taken += character.length == 0 ? 1 : character.length;
  }
  return std::string(text.substr(0, taken)) + "…";
}

}  // namespace supd::ctl
