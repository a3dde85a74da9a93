#pragma once

/// Splits a command line into words as a POSIX shell does (XCU 2.2 Quoting, 2.6.5), and expands
/// nothing: no variable, no pattern, no tilde. No shell is ever started.

#include <string>
#include <string_view>
#include <vector>

namespace supd::config {

struct ShellWords {
  std::vector<std::string> words;
  std::string problem;  ///< why the text can't be split; "" when it can
  /// Unquoted characters to which a shell gives a meaning and which are passed on as they are here;
  /// each once, in the order of the text.
  std::string special;
};

[[nodiscard]] ShellWords split_shell_words(std::string_view text);

}  // namespace supd::config
