#include "daemon/log/format/json_format.hpp"

#include "units/base/base64.hpp"
#include "units/base/utf8.hpp"

namespace supd::log {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

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

void append_run(std::string& out, RunId run) {
  out += ",\"run\":";
  out += std::to_string(run.value);
}

void append_text(std::string& out, std::string_view text) {
  if (is_utf8(text)) {
    out += ",\"text\":";
    append_json_string(out, text);
  } else {
    out += ",\"base64\":\"";
    out += base64_encode(text);
    out += '"';
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view bytes) {
  out += '"';
  while (!bytes.empty()) {
    std::size_t plain = 0;
    while (plain < bytes.size() && is_plain(bytes[plain])) ++plain;
    out += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;
    std::size_t length = decode_utf8(bytes).length;
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
  append_run(out, run);
  out += stream == Stream::out ? R"(,"stream":"stdout")" : R"(,"stream":"stderr")";
  append_text(out, line.text);
  out += goes_on(line.end) ? ",\"partial\":true}\n" : "}\n";
}

void append_json_note(std::string& out, std::string_view stamp, std::string_view unit, std::string_view text,
                      RunId run) {
  append_head(out, stamp, unit);
  if (run.valid()) append_run(out, run);
  out += R"(,"stream":"supd")";
  append_text(out, text);
  out += "}\n";
}

}  // namespace supd::log
