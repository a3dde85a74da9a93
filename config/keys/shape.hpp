#pragma once

/// What may stand for a value, as data: `explain`, the man pages and the JSON Schema are made from it.
/// Each codec gives the shape of its values, next to the function that reads them.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supd::config {

struct Shape {
  enum class Form : std::uint8_t { flag, integer, real, text, list, table, either };

  Form form = Form::text;
  std::string bounds;                ///< in words; "" when the type says it all
  std::optional<std::int64_t> low;   ///< of a number; of a list: fewest items; of a text: fewest characters
  std::optional<std::int64_t> high;  ///< likewise
  std::vector<std::string> words;    ///< a text: one of these; empty: any
  std::string pattern;               ///< a text: a regular expression (ECMA 262) for all of it; "": any
  std::string names;                 ///< a table: likewise, for each key
  std::vector<Shape> parts;          ///< a list: of each item; a table: of each value; either: the alternatives
};

[[nodiscard]] Shape flag_shape();
[[nodiscard]] Shape integer_shape(std::int64_t low, std::int64_t high);
[[nodiscard]] Shape real_shape(std::int64_t low, std::int64_t high);
[[nodiscard]] Shape words_shape(std::span<const std::string_view> words);
[[nodiscard]] Shape text_shape(std::string pattern, std::string bounds);
[[nodiscard]] Shape list_shape(Shape item, std::string bounds, std::optional<std::int64_t> most = std::nullopt);
[[nodiscard]] Shape table_shape(Shape value, std::string names, std::string bounds);
[[nodiscard]] Shape either_shape(std::vector<Shape> parts, std::string bounds);

/// A string with units, at most max_duration. The pattern bounds each part, not their sum.
[[nodiscard]] Shape duration_shape(bool zero_allowed);
/// A string with a unit, or a number of bytes.
[[nodiscard]] Shape size_shape(std::uint64_t low, std::uint64_t high);
/// The name of a signal, in any case and with SIG or without.
[[nodiscard]] Shape signal_shape();
/// An exit code or a signal.
[[nodiscard]] Shape exit_shape();
/// A limit of setrlimit(2): a number, "unlimited", or "SOFT:HARD"; with `is_size` the numbers may be sizes.
[[nodiscard]] Shape limit_shape(bool is_size);

/// A regular expression for the decimal numbers from `low` to `high`, zeros in front allowed.
[[nodiscard]] std::string number_pattern(std::uint64_t low, std::uint64_t high);

/// The patterns that several keys share.
inline constexpr std::string_view any_text_pattern = "^[^\\u0000]*$";
inline constexpr std::string_view absolute_path_pattern = "^(/[^\\u0000]*)?$";
inline constexpr std::string_view expanded_path_pattern = "^((/|[$][{])[^\\u0000]*)?$";
inline constexpr std::string_view variable_name_pattern = "^[A-Za-z_][A-Za-z0-9_]*$";
inline constexpr std::string_view unit_name_pattern = "^[A-Za-z0-9_:@][A-Za-z0-9_.:@-]{0,127}$";
/// The name of a unit or a glob, with a condition or without.
inline constexpr std::string_view dependency_pattern =
    "^([A-Za-z0-9_:@][A-Za-z0-9_.:@-]*|[A-Za-z0-9_.:@*?\\[\\]!-]*[*?\\[][A-Za-z0-9_.:@*?\\[\\]!-]*)$";

}  // namespace supd::config
