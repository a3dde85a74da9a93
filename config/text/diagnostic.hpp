#pragma once

/// What is wrong with a configuration, where, and what to write instead: the only way in which
/// `config/` reports anything.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace supd::config {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;          ///< as it was found; "" when no file is at fault
  std::uint32_t line = 0;    ///< from 1; 0: the file as a whole
  std::uint32_t column = 0;  ///< from 1, in characters; 0: the line as a whole
  std::string key;           ///< "restart.delay"; "" when no key is at fault
  std::string message;       ///< one sentence without a full stop
  std::string hint;          ///< what to write or do instead
  std::string source;        ///< the offending line, or the part of it around `column`
  std::uint32_t caret = 0;   ///< the character of `source`, from 1, that `column` names; 0: none
};

/// At most this many diagnostics are kept and printed; the rest is counted.
inline constexpr std::size_t max_diagnostics = 1000;

/// For people: "FILE:LINE:COL: error: message", the line with a caret below it, and the hint.
/// Control characters of the input are made visible, never sent to the terminal.
/// @param more  how many further diagnostics were counted but not kept
[[nodiscard]] std::string render(std::span<const Diagnostic> diagnostics, bool color, std::size_t more = 0);

/// For programs: {"version":1,"ok":…,"errors":N,"warnings":N,"more":N,"diagnostics":[…]} and a newline. Always valid
/// UTF-8: bytes that are not are replaced by U+FFFD.
[[nodiscard]] std::string render_json(std::span<const Diagnostic> diagnostics, std::size_t more = 0);

/// `text` in double quotes for a message: escapes made visible, cut after 60 bytes or so.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// `text` with every control character and every invalid byte made visible.
[[nodiscard]] std::string harmless(std::string_view text);

}  // namespace supd::config
