#include "config/text_checks.hpp"

#include <array>
#include <string>

#include "config/utf8.hpp"

namespace supd::config {
namespace {

std::string hex(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

/// The offset behind the string or comment that begins at `at`; `at` itself when none does there. What
/// is not closed ends with its line or with the text: the parser will say so.
std::size_t behind_string_or_comment(std::string_view text, std::size_t at) {
  char c = text[at];
  if (c == '#') return std::min(text.find('\n', at), text.size());
  if (c != '"' && c != '\'') return at;
  const std::array<char, 3> fence{c, c, c};
  bool multi_line = text.substr(at).starts_with(std::string_view(fence.data(), fence.size()));
  std::size_t width = multi_line ? 3 : 1;
  for (std::size_t i = at + width; i < text.size(); ++i) {
    if (text[i] == '\\' && c == '"') {
      ++i;
    } else if (text[i] == '\n' && !multi_line) {
      return i;
    } else if (text.substr(i).starts_with(std::string_view(fence.data(), width))) {
      return i + width;
    }
  }
  return text.size();
}

/// The offset of the dot that makes a key too long; npos when there is none.
std::size_t find_deep_key(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t behind = behind_string_or_comment(text, at);
    if (behind != at) {
      at = behind;
      continue;
    }
    char c = text[at];
    if (c == '.' && ++dots >= max_key_parts) return at;
    if (c == '\n' || c == '=' || c == ',' || c == '{' || c == '[') dots = 0;
    ++at;
  }
  return std::string_view::npos;
}

}  // namespace

bool check_text(Problems& problems) {
  const Source& source = problems.source();
  std::string_view text = source.text();
  std::size_t at = text.find('\0');
  if (at != std::string_view::npos) {
    problems.error(source.position_of(at), {}, "there is a NUL byte in the file",
                   "a unit file is text in UTF-8: remove the byte, or restore the file if it was damaged");
    return false;
  }
  at = first_invalid_byte(text);
  if (at != std::string_view::npos) {
    problems.error(source.position_of(at), {}, "byte " + hex(text[at]) + " is not valid UTF-8",
                   "save the file in UTF-8, for example with: iconv -f latin1 -t utf-8");
    return false;
  }
  at = find_deep_key(text);
  if (at != std::string_view::npos) {
    problems.error(source.position_of(at), {}, "a key has more than " + std::to_string(max_key_parts) + " parts",
                   "no key of a unit file has more than four parts: units.NAME.section.key");
    return false;
  }
  return true;
}

}  // namespace supd::config
