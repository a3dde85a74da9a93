#include "units/base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace supd {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

/// Number of ASCII bytes at the front, in whole words as long as that works.
std::size_t ascii_run(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (at + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080ULL) != 0) break;
    at += sizeof word;
  }
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at - from;
}

/// Length of the character that starts with `lead`, and the range its second byte must be in
/// (RFC 3629, section 4: the table of well-formed sequences); length 0: no character starts so.
struct Shape {
  std::size_t length = 0;
  std::uint8_t low = 0x80, high = 0xBF;
};

Shape shape_of(std::uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

/// Length of the valid non-ASCII character at `at`; 0: none.
std::size_t character_at(std::string_view text, std::size_t at) {
  Shape shape = shape_of(byte_at(text, at));
  if (shape.length == 0 || at + shape.length > text.size()) return 0;
  std::uint8_t second = byte_at(text, at + 1);
  if (second < shape.low || second > shape.high) return 0;
  for (std::size_t i = 2; i < shape.length; ++i) {
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
  }
  return shape.length;
}

}  // namespace

Utf8Character decode_utf8(std::string_view text) {
  if (text.empty()) return {};
  std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = character_at(text, 0);
  if (length == 0) return {};
  char32_t code = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (byte_at(text, i) & 0x3FU);
  return {code, length};
}

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t at = ascii_run(text, 0);
  while (at < text.size()) {
    std::size_t length = character_at(text, at);
    if (length == 0) return at;
    at += length;
    at += ascii_run(text, at);
  }
  return at;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t valid = valid_utf8_prefix(text);
    out.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace supd
