#include <algorithm>
#include <array>

#include "config/keys/codecs.hpp"
#include "config/keys/sections.hpp"

namespace supd::config {
namespace {

enum Sink : std::size_t { file, memory, console, none };
constexpr std::array<std::string_view, 4> sinks{"file", "memory", "console", "none"};
constexpr std::array<std::string_view, 2> later_sinks{"journal", "syslog"};

constexpr std::array<std::string_view, 2> ready_words{"spawn", "exit"};
constexpr std::array<std::string_view, 5> later_ready_words{"notify", "fd", "probe", "log", "pidfile"};

}  // namespace

Shape log_to_shape() { return list_shape(words_shape(sinks), words_in_quotes(sinks) + "; \"none\" stands alone"); }

void read_log_to(const Field& field, UnitSpec& unit) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list");
    return;
  }
  std::array<bool, sinks.size()> chosen{};
  std::size_t good = 0;
  for (const Value& item : field.value.items) {
    auto sink = read_choice(field, item, sinks, later_sinks);
    if (!sink) continue;
    chosen[*sink] = true;
    ++good;
  }
  if (good != field.value.items.size()) return;
  if (chosen[none] && good > 1) {
    field.error("\"none\" stands beside other destinations", "write: to = [\"none\"], or leave \"none\" out");
    return;
  }
  unit.log.file = chosen[file];
  unit.log.memory = chosen[memory];
  unit.log.console = chosen[console];
}

std::string show_log_to(const UnitSpec& unit) {
  std::vector<std::string> to;
  if (unit.log.file) to.emplace_back(sinks[file]);
  if (unit.log.memory) to.emplace_back(sinks[memory]);
  if (unit.log.console) to.emplace_back(sinks[console]);
  if (to.empty()) to.emplace_back(sinks[none]);
  return show_list(to);
}

Shape ready_on_shape() {
  Shape shape = words_shape(ready_words);
  shape.bounds = "\"spawn\" for a service, \"exit\" for a task";
  return shape;
}

void read_ready_on(const Field& field, UnitSpec& unit) {
  // A service is ready once it is spawned, a task once it has exited. Nothing else is built, so there is
  // nothing to keep but that it was said; whether the word fits the kind is for check_unit().
  if (read_choice(field, field.value, ready_words, later_ready_words)) unit.ready_given = {true};
}

std::string show_ready_on(const UnitSpec& unit) {
  if (unit.kind == Kind::target) return {};
  return toml_string(ready_words[unit.kind == Kind::task ? 1 : 0]);
}

}  // namespace supd::config
