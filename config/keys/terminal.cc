// terminal and input: what a process reads from, and a terminal that takes the place of its log.

#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/sections.hpp"

namespace supd::config {
namespace {

constexpr std::string_view inherit = "inherit";
constexpr std::array<std::string_view, 2> input_words{"none", inherit};

}  // namespace

Shape terminal_shape() {
  static constexpr std::array<std::string_view, 1> words{inherit};
  return either_shape({words_shape(words), AbsolutePath::shape()}, "a path with a / in front, or \"inherit\"");
}

void read_terminal(const Field& field, UnitSpec& unit) {
  if (field.value.type == Value::Type::text && field.value.text == inherit) {
    unit.terminal.inherit = true;
    unit.terminal.path.clear();
  } else if (auto path = AbsolutePath::read(field)) {
    unit.terminal.inherit = false;
    unit.terminal.path = std::move(*path);
  }
}

std::string show_terminal(const UnitSpec& unit) {
  return toml_string(unit.terminal.inherit ? inherit : std::string_view(unit.terminal.path));
}

Shape input_shape() { return words_shape(input_words); }

void read_input(const Field& field, UnitSpec& unit) {
  if (auto index = read_choice(field, field.value, input_words, {})) unit.terminal.read_own = *index == 1;
}

std::string show_input(const UnitSpec& unit) { return toml_string(input_words[unit.terminal.read_own ? 1 : 0]); }

}  // namespace supd::config
