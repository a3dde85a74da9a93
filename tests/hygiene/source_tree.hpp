#pragma once

/// The repository's own C and C++ files as text, for the checks of this folder.

#include <string>
#include <string_view>
#include <vector>

namespace supd::hygiene {

struct SourceFile {
  std::string path;  ///< relative to the repository, with '/'
  std::string text;
};

/// Every .hpp, .cc and .c file below the repository's source folders, sorted by path.
[[nodiscard]] std::vector<SourceFile> source_files(const std::string& root);

/// A whole file; ends the program with a message when it can't be read.
[[nodiscard]] std::string read_file(const std::string& path);

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// Words between blanks and line breaks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line);

/// The text with comments blanked, and with the insides of strings and characters blanked too when
/// `blank_strings`. Line breaks stay where they are.
[[nodiscard]] std::string without_comments(std::string_view text, bool blank_strings);

}  // namespace supd::hygiene
