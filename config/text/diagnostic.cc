#include "config/text/diagnostic.hpp"

#include <algorithm>
#include <array>

#include "config/text/utf8.hpp"

namespace supd::config {
namespace {

struct Colors {
  std::string_view bold, red, yellow, green, off;
};
constexpr Colors no_colors{};
constexpr Colors terminal_colors{"\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;32m", "\033[0m"};

/// C0, DEL, and the C1 controls, which are U+0080 to U+009F.
bool is_control(std::string_view character) {
  auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

std::string escaped(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

/// Appends the first character of `text` in a harmless form; returns its length in bytes.
std::size_t append_character(std::string& out, std::string_view text) {
  std::size_t length = character_length(text);
  if (length == 0) {
    out += escaped(text.substr(0, 1));
    return 1;
  }
  std::string_view character = text.substr(0, length);
  if (character == "\n") {
    out += "\\n";
  } else if (character == "\t") {
    out += "\\t";
  } else {
    out += is_control(character) ? escaped(character) : std::string(character);
  }
  return length;
}

/// The source line with each character in one column, so that the caret stands below its character.
std::string one_column_each(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t length = character_length(line.substr(at));
    std::string_view character = line.substr(at, std::max<std::size_t>(length, 1));
    if (length == 0 || is_control(character)) {
      out += character == "\t" ? " " : "?";
    } else {
      out += character;
    }
    at += character.size();
  }
  return out;
}

std::string position_text(const Diagnostic& d) {
  std::string out = harmless(d.file);
  if (d.line != 0) out += ":" + std::to_string(d.line);
  if (d.line != 0 && d.column != 0) out += ":" + std::to_string(d.column);
  return out.empty() ? "" : out + ": ";
}

void render_source(std::string& out, const Diagnostic& d, const Colors& colors) {
  if (d.line == 0 || d.source.empty()) return;
  std::string number = std::to_string(d.line);
  std::size_t width = std::max<std::size_t>(number.size(), 5);
  out += std::string(width - number.size(), ' ') + number + " | " + one_column_each(d.source) + "\n";
  if (d.caret == 0) return;
  out += std::string(width, ' ') + " | " + std::string(d.caret - 1, ' ');
  out.append(colors.green).append("^").append(colors.off).append("\n");
}

void render_one(std::string& out, const Diagnostic& d, const Colors& colors) {
  bool error = d.severity == Severity::error;
  out.append(colors.bold).append(position_text(d)).append(colors.off);
  out.append(error ? colors.red : colors.yellow).append(error ? "error: " : "warning: ").append(colors.off);
  out += (d.key.empty() ? "" : harmless(d.key) + ": ") + harmless(d.message) + "\n";
  render_source(out, d, colors);
  if (!d.hint.empty())
    out.append("  ").append(colors.bold).append("hint: ").append(colors.off) += harmless(d.hint) + "\n";
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) text.remove_prefix(append_character(out, text));
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string out = "\"";
  while (!text.empty() && out.size() < longest) {
    if (text[0] == '"' || text[0] == '\\') out += '\\';
    text.remove_prefix(append_character(out, text));
  }
  return out + (text.empty() ? "\"" : "…\"");
}

std::string render(std::span<const Diagnostic> diagnostics, bool color, std::size_t more) {
  std::string out;
  std::size_t shown = std::min(diagnostics.size(), max_diagnostics);
  for (const Diagnostic& d : diagnostics.first(shown)) render_one(out, d, color ? terminal_colors : no_colors);
  more += diagnostics.size() - shown;
  if (more != 0) out += "and " + std::to_string(more) + " more\n";
  return out;
}

}  // namespace supd::config
