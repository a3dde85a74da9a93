#include "config/keys/names.hpp"

#include <algorithm>

#include "units/base/glob.hpp"

namespace supd::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

}  // namespace

bool is_unit_name(std::string_view name) {
  if (name.empty() || name.size() > max_unit_name || name[0] == '-' || name[0] == '.') return false;
  return std::ranges::all_of(name, [](char c) { return is_word(c) || c == '.' || c == ':' || c == '@' || c == '-'; });
}

bool is_unit_pattern(std::string_view text) {
  if (text.empty() || text.size() > max_unit_name || !is_glob(text)) return false;
  constexpr std::string_view others = ".:@-*?[]!";
  return std::ranges::all_of(text, [&](char c) { return is_word(c) || others.find(c) != std::string_view::npos; });
}

std::string_view template_of(std::string_view name) {
  std::size_t at = name.find('@');
  return at == std::string_view::npos || at + 1 == name.size() ? std::string_view() : name.substr(0, at + 1);
}

std::string_view base_name(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace supd::config
