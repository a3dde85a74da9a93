#include "daemon/log/visible.hpp"

#include <array>

#include "ctl/proto/utf8.hpp"

namespace supd::log {
namespace {

struct Range {
  unsigned first, last;
};

// Controls above ASCII: C1, the bidirectional marks, embeddings and isolates, line separators.
constexpr std::array unsafe{Range{0x80, 0x9f}, Range{0x61c, 0x61c}, Range{0x200e, 0x200f}, Range{0x2028, 0x202e},
                            Range{0x2066, 0x2069}};

bool is_unsafe(unsigned code) {
  for (const Range& range : unsafe) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

bool is_plain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

void append_hex(std::string& out, std::string_view mark, unsigned value, int digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += mark;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += hex[(value >> shift) & 0xfU];
}

/// Length of the character at the front of `text`, 0 when it is not UTF-8.
std::size_t character_length(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = lead >= 0xf0 ? 4U : lead >= 0xe0 ? 3U : lead >= 0x80 ? 2U : 1U;
  return text.size() >= length && proto::is_utf8(text.substr(0, length)) ? length : 0;
}

unsigned decode(std::string_view character) {
  unsigned code = static_cast<unsigned char>(character[0]) & (0x7fU >> character.size());
  for (char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return code;
}

/// Appends the character or stray byte at the front of `text`; returns its length.
std::size_t append_one(std::string& out, std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = character_length(text);
  if (lead == '\n') {
    out += "\\n";
  } else if (lead == '\r') {
    out += "\\r";
  } else if (lead < 0x80 || length == 0) {
    append_hex(out, "\\x", lead, 2);
  } else if (unsigned code = decode(text.substr(0, length)); is_unsafe(code)) {
    append_hex(out, "\\u", code, 4);
  } else {
    out += text.substr(0, length);
  }
  return length == 0 ? 1 : length;
}

}  // namespace

void append_visible(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t plain = 0;
    while (plain < bytes.size() && is_plain(bytes[plain])) ++plain;
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (!bytes.empty()) bytes.remove_prefix(append_one(out, bytes));
  }
}

}  // namespace supd::log
