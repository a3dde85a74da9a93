#pragma once

/// References to variables in a text: ${NAME} and ${NAME:-default}. Nothing else is special: no $NAME, no nesting, no
/// quotes. $${ stands for ${ itself.

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace supd {

struct ExpandError {
  std::string variable;  ///< the one that is not set; "": the text is wrong
  std::string message;   ///< one sentence for a person
};

/// Whether `name` may name an environment variable: a letter or _, then letters, digits and _ (POSIX XBD 8.1).
[[nodiscard]] bool is_variable_name(std::string_view name);

/// Whether expand() would change `text`, or complain.
[[nodiscard]] bool has_references(std::string_view text);

/// `lookup` gives the value of a variable, or nothing when it is not set. A default also stands in for an empty value,
/// as in a shell.
[[nodiscard]] std::expected<std::string, ExpandError> expand(
    std::string_view text, const std::function<std::optional<std::string_view>(std::string_view)>& lookup);

}  // namespace supd
