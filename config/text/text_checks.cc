#include "config/text/text_checks.hpp"

#include <array>
#include <string>

#include "config/text/utf8.hpp"

namespace supd::config {
namespace {

std::string hex(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

/// The offset behind the string whose first quote is at `at`; npos when it is not closed.
std::size_t behind_string(std::string_view text, std::size_t at) {
  char quote = text[at];
  const std::array<char, 3> fence{quote, quote, quote};
  bool multi_line = text.substr(at).starts_with(std::string_view(fence.data(), fence.size()));
  std::size_t width = multi_line ? 3 : 1;
  for (std::size_t i = at + width; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text.substr(i).starts_with(std::string_view(fence.data(), width))) {
      i += width;
      // Up to two quotes in front of the closing three belong to the string.
      for (int extra = 0; multi_line && extra < 2 && i < text.size() && text[i] == quote; ++extra) ++i;
      return i;
    }
    if (!multi_line && i < text.size() && text[i] == '\n') break;
  }
  return std::string_view::npos;
}

/// The offset of the dot that makes a key too long; npos when there is none. Ends at a string that is not
/// closed, since the parser will too.
std::size_t find_deep_key(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '"' || c == '\'') {
      at = behind_string(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
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
