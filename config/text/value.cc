#include "config/text/value.hpp"

#include <algorithm>
#include <utility>

namespace supd::config {
namespace {

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\t') {
    out += "\\t";
  } else if (byte < 0x20 || byte == 0x7F) {
    out += {'\\', 'u', '0', '0', digits[byte >> 4U], digits[byte & 15U]};
  } else {
    out += c;
  }
}

}  // namespace

const Entry* Value::find(std::string_view key) const {
  auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

// Recursive, but never deeper than max_nesting of the reader.
void lay_over(Value& base, Value over) {
  if (base.type != Value::Type::table || over.type != Value::Type::table) {
    base = std::move(over);
    return;
  }
  for (Entry& entry : over.entries) {
    auto found = std::ranges::find(base.entries, entry.key, &Entry::key);
    if (found == base.entries.end()) {
      base.entries.push_back(std::move(entry));
      continue;
    }
    found->at = entry.at;
    lay_over(found->value, std::move(entry.value));
  }
}

std::string_view type_text(Value::Type type) {
  switch (type) {
    case Value::Type::text: return "a string";
    case Value::Type::integer: return "an integer";
    case Value::Type::real: return "a number with a fraction";
    case Value::Type::boolean: return "true or false";
    case Value::Type::date: return "a date or time";
    case Value::Type::array: return "a list";
    case Value::Type::table: return "a table";
  }
  std::unreachable();
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) append_escaped(out, c);
  return out + '"';
}

std::string toml_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, is_bare) ? std::string(key) : toml_string(key);
}

}  // namespace supd::config
