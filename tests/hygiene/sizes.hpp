#pragma once

/// How long files and functions are. The function finder is a heuristic that counts braces; it needs
/// code that clang-format has seen.

#include <string>
#include <string_view>
#include <vector>

#include "tests/hygiene/source_tree.hpp"

namespace supd::hygiene {

inline constexpr std::size_t header_lines_max = 200;
inline constexpr std::size_t source_lines_max = 500;
inline constexpr std::size_t function_lines_max = 70;

struct FunctionSize {
  std::string name;       ///< the last words before the parameter list
  std::size_t line = 0;   ///< of its opening brace, from 1
  std::size_t lines = 0;  ///< from the opening to the closing brace
};

/// The functions (and TEST bodies) of a file, outermost ones only.
[[nodiscard]] std::vector<FunctionSize> functions_of(std::string_view text);

/// "PATH: 210 lines ..." for everything that is too long and not among `exceptions`.
[[nodiscard]] std::vector<std::string> check_sizes(const SourceFile& file, const std::vector<std::string>& exceptions);

/// The subjects of size_exceptions.txt; each line must say why, too (else the line itself is in `errors`).
struct SizeExceptions {
  std::vector<std::string> subjects, errors;
};
[[nodiscard]] SizeExceptions parse_exceptions(std::string_view text);

}  // namespace supd::hygiene
