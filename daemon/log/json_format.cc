#include "daemon/log/json_format.hpp"

#include <array>

namespace supd::log {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

unsigned char byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

/// One of the characters that JSON wants to see escaped, and DEL.
void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[byte >> 4U];
  out += hex[byte & 15U];
}

void append_head(std::string& out, std::string_view stamp, std::string_view unit) {
  out += R"({"time":")";
  out += stamp;
  out += R"(","unit":)";
  append_json_string(out, unit);
}

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  unsigned char lead = byte_at(bytes, 0);
  if (lead < 0x80) return 1;
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return 0;
  // The second byte rules out what is too long, surrogates, and what is beyond U+10FFFF.
  unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte_at(bytes, 1) < low || byte_at(bytes, 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xc0U) != 0x80U) return 0;
  }
  return length;
}

void append_json_string(std::string& out, std::string_view bytes) {
  out += '"';
  while (!bytes.empty()) {
    std::size_t plain = 0;
    while (plain < bytes.size() && is_plain(bytes[plain])) ++plain;
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;
    std::size_t length = utf8_length(bytes);
    if (length == 1) {
      append_escaped(out, bytes[0]);
    } else {
      out += length == 0 ? replacement : bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void append_json_record(std::string& out, std::string_view stamp, std::string_view unit, RunId run, Stream stream,
                        const Line& line) {
  append_head(out, stamp, unit);
  out += ",\"run\":";
  out += std::to_string(run.value);
  out += stream == Stream::out ? R"(,"stream":"stdout","text":)" : R"(,"stream":"stderr","text":)";
  append_json_string(out, line.text);
  out += goes_on(line.end) ? ",\"partial\":true}\n" : "}\n";
}

void append_json_note(std::string& out, std::string_view stamp, std::string_view unit, std::string_view text) {
  append_head(out, stamp, unit);
  out += R"(,"stream":"supd","text":)";
  append_json_string(out, text);
  out += "}\n";
}

}  // namespace supd::log
