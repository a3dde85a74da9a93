#include "units/base/expand.hpp"

#include <algorithm>
#include <utility>

namespace supd {
namespace {

constexpr std::string_view opening = "${";
constexpr std::string_view escaped = "$${";
constexpr std::string_view default_mark = ":-";

std::unexpected<ExpandError> not_a_reference(std::string_view text) {
  return std::unexpected(ExpandError{{}, "'" + std::string(text) + "' is not ${NAME} or ${NAME:-default}"});
}

}  // namespace

bool is_variable_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && !digit(name[0]) && std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

bool has_references(std::string_view text) { return text.find(opening) != std::string_view::npos; }

std::expected<std::string, ExpandError> expand(
    std::string_view text, const std::function<std::optional<std::string_view>(std::string_view)>& lookup) {
  std::string out;
  while (true) {
    std::size_t begin = text.find(opening);
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    if (begin > 0 && text.substr(begin - 1).starts_with(escaped)) {
      out += '{';  // the first $ is there already
      text.remove_prefix(begin + opening.size());
      continue;
    }
    std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return not_a_reference(text.substr(begin));
    std::string_view whole = text.substr(begin, end + 1 - begin);
    std::string_view inner = whole.substr(opening.size(), whole.size() - opening.size() - 1);
    std::size_t mark = inner.find(default_mark);
    std::string_view name = inner.substr(0, mark);
    if (!is_variable_name(name)) return not_a_reference(whole);
    std::optional<std::string_view> value = lookup(name);
    bool has_default = mark != std::string_view::npos;
    if (has_default && value.value_or("").empty()) value = inner.substr(mark + default_mark.size());
    if (!value) return std::unexpected(ExpandError{std::string(name), "variable " + std::string(name) + " is not set"});
    out += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace supd
