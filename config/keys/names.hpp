#pragma once

/// Names that a configuration may give: units and environment variables.

#include <string>
#include <string_view>

#include "units/base/expand.hpp"

namespace supd::config {

inline constexpr std::size_t max_unit_name = 128;
inline constexpr std::string_view unit_name_rule =
    "use 1 to 128 letters, digits and _ . : @ -, with no - or . in front";

/// Whether `name` may name a unit.
[[nodiscard]] bool is_unit_name(std::string_view name);

/// Whether `text` is a glob that units' names could match.
[[nodiscard]] bool is_unit_pattern(std::string_view text);

/// "web@" of "web@blue"; "" when that is no name of a template's instance.
[[nodiscard]] std::string_view template_of(std::string_view name);

/// Of is_variable_name() in units/base/expand.hpp.
inline constexpr std::string_view variable_name_rule = "use letters, digits and _, with no digit in front";

/// The file name of a path: all behind the last slash.
[[nodiscard]] std::string_view base_name(std::string_view path);

}  // namespace supd::config
