#include "ctl/text/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace supd::ctl {

Terminal terminal_of(int fd, bool want_color) {
  Terminal terminal;
  terminal.is_terminal = ::isatty(fd) == 1;
  if (!terminal.is_terminal) return terminal;
  winsize size{};
  bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0;
  terminal.width = known && size.ws_col != 0 ? size.ws_col : 80;
  terminal.height = known && size.ws_row != 0 ? size.ws_row : 24;
  const char* no_color = std::getenv("NO_COLOR");
  const char* type = std::getenv("TERM");
  bool refused = no_color != nullptr && *no_color != '\0';
  bool dumb = type == nullptr || std::string_view(type) == "dumb";
  terminal.color = want_color && !refused && !dumb;
  return terminal;
}

void append_colored(std::string& out, std::string_view code, std::string_view text) {
  if (code.empty()) {
    out += text;
    return;
  }
  out += "\x1b[";
  out += code;
  out += 'm';
  out += text;
  out += "\x1b[0m";
}

std::string_view state_color(State state) {
  switch (state) {
    case State::running: return color::green;
    case State::failed: return color::red;
    case State::waiting:
    case State::starting:
    case State::stopping:
    case State::backoff: return color::yellow;
    case State::inactive:
    case State::completed: return color::dim;
  }
  return color::none;
}

std::string_view unit_color(std::string_view unit) {
  constexpr std::array<std::string_view, 6> palette{"36", "35", "34", "96", "95", "94"};
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (char c : unit) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return palette[hash % palette.size()];
}

}  // namespace supd::ctl
