#include "ctl/text/visible.hpp"

#include <array>
#include <cstdio>

#include "units/base/utf8.hpp"

namespace supd::ctl {
namespace {

struct Range {
  char32_t first, last;
};

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

void append_escape(std::string& out, char32_t code) {
  std::array<char, 16> text{};
  int length = std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(code));
  out.append(text.data(), static_cast<std::size_t>(length));
}

std::size_t columns_of(char32_t code) {
  if (code < 0x300) return 1;
  if (within(code, zero_width_ranges)) return 0;
  return within(code, wide_ranges) ? 2 : 1;
}

}  // namespace

void append_visible_json(std::string& out, std::string_view json) {
  std::size_t at = 0;
  while (at < json.size()) {
    std::size_t end = at;
    while (end < json.size() && static_cast<unsigned char>(json[end]) < 0x7f) ++end;
    out += json.substr(at, end - at);
    if (end == json.size()) return;
    Utf8Character character = decode_utf8(json.substr(end));
    std::size_t length = character.length == 0 ? 1 : character.length;
    if (character.length == 0) {
      out += "\xef\xbf\xbd";  // the replacement character: JSON has no place for other bytes
    } else if (is_unsafe_on_terminal(character.code)) {
      append_escape(out, character.code);
    } else {
      out += json.substr(end, length);
    }
    at = end + length;
  }
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    Utf8Character character = decode_utf8(text);
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
    Utf8Character character = decode_utf8(text.substr(taken));
    std::size_t width = character.length == 0 ? 1 : columns_of(character.code);
    if (used + width > columns - 1) break;
    used += width;
    taken += character.length == 0 ? 1 : character.length;
  }
  return std::string(text.substr(0, taken)) + "…";
}

}  // namespace supd::ctl
