#include <algorithm>

#include "config/text/diagnostic.hpp"
#include "config/text/utf8.hpp"

namespace supd::config {
namespace {

void append_escape(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  out += {'\\', 'u', '0', '0', digits[byte >> 4U], digits[byte & 15U]};
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t length = character_length(text);
    char c = text[0];
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (length == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)) {
      append_escape(out, c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_string(out, value);
}

void append_one(std::string& out, const Diagnostic& d) {
  out.append("{\"severity\":").append(d.severity == Severity::error ? "\"error\"" : "\"warning\"");
  append_field(out, "file", d.file);
  out += ",\"line\":" + std::to_string(d.line) + ",\"column\":" + std::to_string(d.column);
  append_field(out, "key", d.key);
  append_field(out, "message", d.message);
  append_field(out, "hint", d.hint);
  out += '}';
}

}  // namespace

std::string render_json(std::span<const Diagnostic> diagnostics, std::size_t more) {
  auto errors = std::ranges::count(diagnostics, Severity::error, &Diagnostic::severity);
  auto warnings = std::ranges::count(diagnostics, Severity::warning, &Diagnostic::severity);
  std::size_t shown = std::min(diagnostics.size(), max_diagnostics);
  more += diagnostics.size() - shown;
  std::string out = std::string("{\"version\":1,\"ok\":") + (errors == 0 ? "true" : "false");
  out += ",\"errors\":" + std::to_string(errors) + ",\"warnings\":" + std::to_string(warnings);
  out += ",\"more\":" + std::to_string(more) + ",\"diagnostics\":[";
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) out += ',';
    append_one(out, diagnostics[i]);
  }
  return out + "]}\n";
}

}  // namespace supd::config
