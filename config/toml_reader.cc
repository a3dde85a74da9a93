#include "config/toml_reader.hpp"

#include <algorithm>
#include <utility>

#include "config/text_checks.hpp"

// The one file that sees the TOML library; nothing of it leaves this file, its exceptions included.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#pragma GCC diagnostic ignored "-Wswitch-enum"
#include <toml++/toml.h>
#pragma GCC diagnostic pop

namespace supd::config {
namespace {

Position position(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

/// Copies the library's tree. Recursive, but never deeper than max_nesting, whatever the input.
class Converter {
 public:
  explicit Converter(Problems& problems) : problems_(problems) {}

  Value convert(const toml::node& node, int depth) {
    Value value;
    value.at = position(node.source());
    if (depth > max_nesting) {
      problems_.error(value.at, {}, "tables and lists are nested more than " + std::to_string(max_nesting) + " deep",
                      "no key of a unit file is that deep: check the brackets and braces above");
    } else if (const toml::table* table = node.as_table()) {
      fill_table(value, *table, depth);
    } else if (const toml::array* array = node.as_array()) {
      fill_array(value, *array, depth);
    } else {
      fill_plain(value, node);
    }
    return value;
  }

 private:
  void fill_table(Value& value, const toml::table& table, int depth) {
    value.type = Value::Type::table;
    value.entries.reserve(table.size());
    for (const auto& [key, node] : table) {
      value.entries.push_back({std::string(key.str()), position(key.source()), convert(node, depth + 1)});
    }
    // The library sorts by name; people expect the order in which they wrote.
    std::ranges::stable_sort(value.entries, {}, &Entry::at);
  }

  void fill_array(Value& value, const toml::array& array, int depth) {
    value.type = Value::Type::array;
    value.items.reserve(array.size());
    for (const toml::node& node : array) value.items.push_back(convert(node, depth + 1));
  }

  static void fill_plain(Value& value, const toml::node& node) {
    if (const auto* text = node.as_string()) {
      value.type = Value::Type::text;
      value.text = text->get();
    } else if (const auto* integer = node.as_integer()) {
      value.type = Value::Type::integer;
      value.integer = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
      value.type = Value::Type::real;
      value.real = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
      value.type = Value::Type::boolean;
      value.boolean = boolean->get();
    } else {
      value.type = Value::Type::date;
    }
  }

  Problems& problems_;
};

/// The usual slip on the line that can't be parsed.
std::string syntax_hint(std::string_view line) {
  std::size_t equals = line.find('=');
  std::size_t begin = line.find_first_not_of(" \t", equals == std::string_view::npos ? 0 : equals + 1);
  char first = begin == std::string_view::npos ? '\0' : line[begin];
  bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/' || first == '.';
  if (equals == std::string_view::npos && first == '[') return "a table begins with its name in brackets: [restart]";
  if (equals == std::string_view::npos) return "write: key = value";
  if (first == '\0' || first == '#') return "write a value after the equals sign";
  if (letter || (first >= '0' && first <= '9')) return "text stands in quotes: key = \"value\"";
  if (first == '"')
    return "a string ends with a quote on its own line; write \\\\ for a backslash, or use 'single quotes'";
  return "see https://toml.io for how TOML is written";
}

void note_parse_error(Problems& problems, const toml::parse_error& error) {
  Position at = position(error.source());
  std::string hint = syntax_hint(problems.source().line(at.line));
  problems.error(at, {}, "not valid TOML: " + std::string(error.description()), std::move(hint));
}

}  // namespace

std::optional<Value> read_toml(Problems& problems) {
  if (!check_text(problems)) return std::nullopt;
  std::size_t errors_before = problems.list().errors;
  try {
    toml::table document = toml::parse(problems.source().text(), problems.source().name());
    Value value = Converter(problems).convert(document, 0);
    if (problems.list().errors != errors_before) return std::nullopt;
    return value;
  } catch (const toml::parse_error& error) {
    note_parse_error(problems, error);
  } catch (const std::exception& error) {
    problems.error({}, {}, std::string("the file can't be parsed: ") + error.what(),
                   "make the file smaller or simpler");
  }
  return std::nullopt;
}

}  // namespace supd::config
