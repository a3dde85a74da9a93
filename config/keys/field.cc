#include "config/keys/field.hpp"

#include <algorithm>
#include <cmath>

#include "units/base/nearest.hpp"
#include "units/base/quantity.hpp"

namespace supd::config {
namespace {

std::string range_text(std::int64_t low, std::int64_t high) {
  return "from " + std::to_string(low) + " to " + std::to_string(high);
}

void out_of_range(const Field& field, const std::string& value, const std::string& range) {
  field.error(value + " is out of range", "write a number " + range);
}

template <class Word>
std::string joined(std::span<const Word> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string choice_hint(std::string_view word, std::span<const std::string_view> words) {
  std::string near = nearest(word, words);
  return near.empty() ? "write " + words_in_quotes(words) : "did you mean " + in_quotes(near) + "?";
}

}  // namespace

std::string Field::example_hint() const {
  return "write: " + std::string(key.leaf()) + " = " + std::string(key.example);
}

void Field::wrong_type(const Value& part, std::string_view wanted) const {
  error_at(part, std::string(wanted) + " is wanted here, not " + std::string(type_text(part.type)), example_hint());
}

std::optional<std::string> read_text(const Field& field, const Value& part) {
  if (part.type != Value::Type::text) {
    field.wrong_type(part, "a string");
    return std::nullopt;
  }
  if (part.text.find('\0') != std::string::npos) {
    field.error_at(part, "there is a NUL character in the string", "remove \\u0000: nothing outside can receive it");
    return std::nullopt;
  }
  return part.text;
}

std::optional<bool> read_boolean(const Field& field) {
  if (field.value.type == Value::Type::boolean) return field.value.boolean;
  field.wrong_type(field.value, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Field& field, std::int64_t low, std::int64_t high) {
  if (field.value.type != Value::Type::integer) {
    field.wrong_type(field.value, "an integer");
    return std::nullopt;
  }
  std::int64_t value = field.value.integer;
  if (low <= value && value <= high) return value;
  out_of_range(field, std::to_string(value), range_text(low, high));
  return std::nullopt;
}

std::optional<double> read_real(const Field& field, int low, int high) {
  const Value& value = field.value;
  bool whole = value.type == Value::Type::integer;
  if (!whole && value.type != Value::Type::real) {
    field.wrong_type(value, "a number");
    return std::nullopt;
  }
  double number = whole ? static_cast<double>(value.integer) : value.real;
  if (low <= number && number <= high) return number;  // false for nan too
  out_of_range(field, "the number", range_text(low, high));
  return std::nullopt;
}

std::optional<Duration> read_duration(const Field& field) {
  const Value& value = field.value;
  if (value.type == Value::Type::integer && value.integer >= 0) {
    std::string number = std::to_string(value.integer);
    field.error("a duration needs a unit: " + number + " of what?",
                "write: " + std::string(field.key.leaf()) + " = \"" + number + "s\"");
    return std::nullopt;
  }
  if (value.type != Value::Type::text) {
    field.wrong_type(value, "a duration");
    return std::nullopt;
  }
  auto length = parse_duration(value.text);
  if (!length) {
    field.error(in_quotes(value.text) + " is not a duration",
                "write a number and a unit (ns us ms s m h d), such as \"250ms\" or \"1m30s\"");
  } else if (*length > max_duration) {
    field.error(in_quotes(value.text) + " is too long", "write at most \"365d\"");
    return std::nullopt;
  }
  return length;
}

std::optional<std::uint64_t> read_size(const Field& field, std::uint64_t low, std::uint64_t high) {
  const Value& value = field.value;
  std::optional<std::uint64_t> bytes;
  if (value.type == Value::Type::integer && value.integer >= 0) bytes = static_cast<std::uint64_t>(value.integer);
  if (value.type == Value::Type::text) {
    bytes = parse_size(value.text);
    if (!bytes) {
      field.error(in_quotes(value.text) + " is not a size",
                  "write a number and a unit (B KB KiB MB MiB GB GiB), such as \"64KiB\" or \"10MB\"");
      return std::nullopt;
    }
  }
  if (!bytes) {
    field.wrong_type(value, "a size");
  } else if (*bytes < low || *bytes > high) {
    field.error(size_text(*bytes) + " is out of range",
                "write a size from \"" + size_text(low) + "\" to \"" + size_text(high) + "\"");
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::vector<std::string>> read_texts(const Field& field) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list of strings");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  texts.reserve(field.value.items.size());
  for (const Value& item : field.value.items) {
    auto text = read_text(field, item);
    if (text) texts.push_back(std::move(*text));
  }
  if (texts.size() != field.value.items.size()) return std::nullopt;
  return texts;
}

std::optional<std::size_t> read_choice(const Field& field, const Value& part, std::span<const std::string_view> words,
                                       std::span<const std::string_view> unbuilt) {
  if (part.type != Value::Type::text) {
    field.wrong_type(part, words_in_quotes(words));
    return std::nullopt;
  }
  auto found = std::ranges::find(words, part.text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  if (std::ranges::find(unbuilt, part.text) != unbuilt.end()) {
    field.error_at(part, not_built(in_quotes(part.text)), "write " + words_in_quotes(words));
  } else {
    field.error_at(part, in_quotes(part.text) + " is not known here", choice_hint(part.text, words));
  }
  return std::nullopt;
}

std::string words_in_quotes(std::span<const std::string_view> words) {
  std::vector<std::string> all;
  for (std::string_view word : words) all.push_back(in_quotes(word));
  return joined<std::string>(all);
}

std::string enumeration(std::span<const std::string_view> words) { return joined(words); }

std::string not_built(std::string_view what) {
  return std::string(what) + " is known but not built yet in this version";
}

}  // namespace supd::config
