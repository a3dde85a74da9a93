#pragma once

/// A TOML document as plain data, with positions and in the order in which it was written. Keeps
/// the TOML library out of everything but the one file that parses.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/text/source.hpp"

namespace supd::config {

struct Entry;

struct Value {
  enum class Type : std::uint8_t { text, integer, real, boolean, date, array, table };

  Type type = Type::table;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Value> items;    ///< of an array
  std::vector<Entry> entries;  ///< of a table, in the order of the file; keys are unique
  Position at;                 ///< of the value itself

  /// The entry of that key, or nullptr. Only for tables.
  [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Position at;  ///< of the key
  Value value;
};

/// Lays `over` upon `base`: tables are merged key by key, everything else is replaced.
void lay_over(Value& base, Value over);

/// "a string", "an integer", ...: for "... is wanted, not an integer".
[[nodiscard]] std::string_view type_text(Value::Type type);

/// `text` as a TOML basic string, quotes included.
[[nodiscard]] std::string toml_string(std::string_view text);
/// `key` bare where TOML allows it, else quoted.
[[nodiscard]] std::string toml_key(std::string_view key);

}  // namespace supd::config
