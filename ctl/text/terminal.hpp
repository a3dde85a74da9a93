#pragma once

/// What is known about the terminal behind an fd, and the colours that supctl uses on one.

#include <cstddef>
#include <string>
#include <string_view>

#include "units/status.hpp"

namespace supd::ctl {

struct Terminal {
  bool is_terminal = false;
  bool color = false;     ///< a terminal, and nobody asked for plain text
  std::size_t width = 0;  ///< columns; 0: not a terminal, lines are never cut
  std::size_t height = 0;
};

/// Looks at `fd` with ioctl_tty(2). Colour needs a terminal, `want_color`, no NO_COLOR in the
/// environment (any value but "") and a TERM other than "dumb".
[[nodiscard]] Terminal terminal_of(int fd, bool want_color);

/// Parts of escape sequences (ECMA-48 SGR).
namespace color {
inline constexpr std::string_view none = "";
inline constexpr std::string_view bold = "1";
inline constexpr std::string_view dim = "2";
inline constexpr std::string_view red = "31";
inline constexpr std::string_view green = "32";
inline constexpr std::string_view yellow = "33";
}  // namespace color

/// Appends `text` in that colour; plain when `code` is empty.
void append_colored(std::string& out, std::string_view code, std::string_view text);

[[nodiscard]] std::string_view state_color(State state);

/// A colour that stays the same for that unit, none of the colours that mean something.
[[nodiscard]] std::string_view unit_color(std::string_view unit);

}  // namespace supd::ctl
