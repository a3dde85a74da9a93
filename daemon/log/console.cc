#include "daemon/log/console.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "daemon/log/open_file.hpp"
#include "units/base/visible.hpp"

namespace supd::log {
namespace {

/// Red is left to errors.
constexpr std::array<std::string_view, 10> colours{"\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m",
                                                   "\033[96m", "\033[93m", "\033[92m", "\033[95m", "\033[94m"};
constexpr std::string_view plain = "\033[0m";

/// The same colour for a name in every run of supd: FNV-1a.
std::string_view colour_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return colours[hash % colours.size()];
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

}  // namespace

Console::Look Console::look_of(sys::BorrowedFd fd) {
  bool terminal = is_terminal(fd);
  return {terminal, terminal && !is_set("NO_COLOR") && !is_dumb()};
}

Console::Console(io::Loop& loop, sys::UniqueFd fd, Look look) : look_(look), outlet_(std::move(fd), max_pending) {
  outlet_.attach(loop);
}

void Console::line(std::string_view unit, const Line& line) { put(unit, goes_on(line.end) ? " + " : " | ", line.text); }

void Console::note(std::string_view unit, std::string_view text) { put(unit, " - ", text); }

void Console::put(std::string_view unit, std::string_view mark, std::string_view text) {
  scratch_.clear();
  if (look_.colour) scratch_ += colour_of(unit);
  scratch_ += unit;
  scratch_ += mark;
  if (look_.colour) scratch_ += plain;
  if (look_.terminal) {
    append_visible(scratch_, text);
  } else {
    scratch_ += text;
  }
  scratch_ += '\n';
  outlet_.write(scratch_);
  if (scratch_.capacity() > 4096) std::string().swap(scratch_);
}

}  // namespace supd::log
