#include "config/keys/codecs.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>

#include "config/text/shell_words.hpp"
#include "config/text/utf8.hpp"
#include "units/base/nearest.hpp"
#include "units/base/signal_names.hpp"

namespace supd::config {
namespace {

constexpr std::size_t max_path = 4095;
constexpr std::size_t max_line_text = 1024;
constexpr std::size_t max_stop_steps = 63;
constexpr std::size_t max_exits = 512;  ///< all exit codes and all signals are fewer

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string signal_hint(std::string_view text) {
  auto names = signal_names();
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::string near = nearest(upper, names);
  if (near.empty()) near = nearest("SIG" + upper, names);
  return near.empty() ? "write the name of a signal, such as \"SIGTERM\"" : "did you mean \"" + near + "\"?";
}

bool begins_with_digit(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

std::optional<std::vector<std::string>> command_words(const Field& field) {
  auto text = read_text(field, field.value);
  if (!text) return std::nullopt;
  ShellWords split = split_shell_words(*text);
  if (!split.problem.empty()) {
    field.error(split.problem, "close it, or write the command as a list: " + std::string(Command::example));
    return std::nullopt;
  }
  if (!split.special.empty()) {
    field.warning("no shell is started: " + in_quotes(split.special) + " is passed on as it is",
                  "quote it if that is meant; if not, write [\"/bin/sh\", \"-c\", \"...\"]");
  }
  return split.words;
}

bool check_command(const Field& field, const std::vector<std::string>& words) {
  if (words.empty() || words[0].empty()) {
    field.error("the command is empty", field.example_hint());
    return false;
  }
  auto longest = std::ranges::max_element(words, {}, &std::string::size);
  if (longest->size() <= max_argument) return true;
  field.error("an argument of " + std::to_string(longest->size()) + " bytes is longer than the kernel takes",
              "keep each argument below 128 KiB: put the text into a file");
  return false;
}

std::optional<StopStep> read_step(const Field& field, const Value& item) {
  if (item.type == Value::Type::integer) {
    std::string number = std::to_string(item.integer);
    field.error_at(item, number + " is neither a signal nor a duration", "write \"" + number + "s\" to wait");
    return std::nullopt;
  }
  auto text = read_text(field, item);
  if (!text) return std::nullopt;
  auto wait = parse_duration(*text);
  if (wait && *wait > Duration{0} && *wait <= max_duration) return StopStep{0, *wait};
  if (wait) {
    field.error_at(item, "a wait must be longer than zero and at most 365d", "write a wait such as \"10s\"");
  } else if (begins_with_digit(*text)) {
    field.error_at(item, in_quotes(*text) + " is neither a signal nor a duration", "write \"SIGTERM\" or \"10s\"");
  } else if (auto signal = signal_number(*text)) {
    return StopStep{*signal, Duration{0}};
  } else {
    field.error_at(item, in_quotes(*text) + " is neither a signal nor a duration", signal_hint(*text));
  }
  return std::nullopt;
}

/// Notes what is wrong with the order of otherwise good steps.
bool check_steps(const Field& field, const std::vector<StopStep>& steps) {
  if (steps.empty() || steps.back().signal != SIGKILL) {
    field.error("the sequence does not end with SIGKILL, so a stop might never end", field.example_hint());
    return false;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    bool signal_expected = i % 2 == 0;
    if (signal_expected == (steps[i].signal != 0)) continue;
    field.error_at(field.value.items[i], signal_expected ? "a signal is wanted here" : "a wait is wanted here",
                   "signals and waits stand in turn: " + field.example_hint());
    return false;
  }
  return true;
}

std::optional<std::string> read_path(const Field& field, bool may_begin_with_variable) {
  auto text = read_text(field, field.value);
  if (!text || text->empty()) return text;
  bool begins_well = text->starts_with('/') || (may_begin_with_variable && text->starts_with("${"));
  if (!begins_well) {
    field.error(in_quotes(*text) + " is not an absolute path", "write the whole path, with a / in front");
    return std::nullopt;
  }
  if (text->size() <= max_path) return text;
  field.error("the path is longer than the kernel takes", "write at most " + std::to_string(max_path) + " bytes");
  return std::nullopt;
}

}  // namespace

std::string show_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + toml_string(text);
  return out + "]";
}

std::string show_real(double number) {
  std::array<char, 32> text{};
  auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  std::string out(text.data(), end);
  return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

Shape Line::shape() {
  Shape shape = text_shape("^[^\\u0000-\\u001f\\u007f]*$", "one line of at most 1024 bytes");
  shape.high = max_line_text;
  return shape;
}

std::optional<std::string> Line::read(const Field& field) {
  auto text = read_text(field, field.value);
  if (!text) return text;
  if (std::ranges::any_of(*text, is_control)) {
    field.error("there is a control character in the text", "write one line without tabs, newlines and escapes");
    return std::nullopt;
  }
  if (text->size() <= max_line_text) return text;
  field.error("the text is longer than " + std::to_string(max_line_text) + " bytes",
              "write a short line here, and the rest in comments");
  return std::nullopt;
}

Shape AbsolutePath::shape() {
  Shape shape =
      text_shape(std::string(absolute_path_pattern), "with a / in front, at most 4095 bytes; \"\" is the default");
  shape.high = max_path;
  return shape;
}

std::optional<std::string> AbsolutePath::read(const Field& field) { return read_path(field, false); }

Shape ExpandedPath::shape() {
  Shape shape = text_shape(std::string(expanded_path_pattern),
                           "with a / or a ${VARIABLE} in front, at most 4095 bytes; \"\" is the default");
  shape.high = max_path;
  return shape;
}

std::optional<std::string> ExpandedPath::read(const Field& field) { return read_path(field, true); }

std::optional<Kind> KindWord::read(const Field& field) {
  static constexpr std::array<std::string_view, 2> later{"timer", "socket"};
  return OneOf::read(field, later);
}

std::optional<Compression> CompressWord::read(const Field& field) {
  auto chosen = OneOf::read(field);
  bool here = chosen != Compression::gzip || SUPD_HAS_GZIP != 0;
  if (chosen == Compression::zstd) here = SUPD_HAS_ZSTD != 0;
  if (!chosen || here) return chosen;
  std::string library = chosen == Compression::gzip ? "zlib" : "libzstd";
  field.error(in_quotes(word(*chosen)) + " needs " + library + ", and this supd was built without it",
              "write \"none\", or build supd where " + library + " is");
  return std::nullopt;
}

Shape Command::shape() {
  Shape list = list_shape(text_shape(std::string(any_text_pattern), {}), {});
  list.low = 1;
  return either_shape({std::move(list), text_shape("[^ \\t\\n]", {})},
                      "a list of arguments, or a string that is split as a shell splits words; each argument below "
                      "128 KiB");
}

std::optional<std::vector<std::string>> Command::read(const Field& field) {
  bool list = field.value.type == Value::Type::array;
  if (!list && field.value.type != Value::Type::text) {
    field.wrong_type(field.value, "a list of strings");
    return std::nullopt;
  }
  auto words = list ? read_texts(field) : command_words(field);
  if (!words || !check_command(field, *words)) return std::nullopt;
  return words;
}

Shape Exits::shape() { return list_shape(exit_shape(), "exit codes from 0 to 255, and names of signals", max_exits); }

std::optional<ExitSet> Exits::read(const Field& field) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list");
    return std::nullopt;
  }
  if (field.value.items.size() > max_exits) {
    field.error("there are more than " + std::to_string(max_exits) + " exits in the list", field.example_hint());
    return std::nullopt;
  }
  ExitSet set;
  for (const Value& item : field.value.items) {
    if (item.type == Value::Type::integer && item.integer >= 0 && item.integer <= 255) {
      set.codes.push_back(static_cast<int>(item.integer));
    } else if (item.type == Value::Type::integer) {
      field.error_at(item, std::to_string(item.integer) + " is not an exit code", "exit codes are 0 to 255");
    } else if (auto text = read_text(field, item)) {
      auto signal = begins_with_digit(*text) ? std::nullopt : signal_number(*text);
      if (signal) set.signals.push_back(*signal);
      if (!signal) field.error_at(item, in_quotes(*text) + " is not a signal", signal_hint(*text));
    }
  }
  if (set.codes.size() + set.signals.size() != field.value.items.size()) return std::nullopt;
  return set;
}

std::string Exits::show(const ExitSet& value) {
  std::string out = "[";
  for (int code : value.codes) out += (out.size() > 1 ? ", " : "") + std::to_string(code);
  for (int signal : value.signals) out += (out.size() > 1 ? ", " : "") + toml_string(signal_name(signal));
  return out + "]";
}

Shape StopSteps::shape() {
  Shape steps =
      list_shape(either_shape({signal_shape(), duration_shape(false)}, {}),
                 "signals and waits in turn, SIGKILL last, at most " + std::to_string(max_stop_steps), max_stop_steps);
  steps.low = 1;
  return steps;
}

std::optional<std::vector<StopStep>> StopSteps::read(const Field& field) {
  if (field.value.type != Value::Type::array) {
    field.wrong_type(field.value, "a list of signals and durations");
    return std::nullopt;
  }
  if (field.value.items.size() > max_stop_steps) {
    field.error("there are more than " + std::to_string(max_stop_steps) + " steps", field.example_hint());
    return std::nullopt;
  }
  std::vector<StopStep> steps;
  for (const Value& item : field.value.items) {
    if (auto step = read_step(field, item)) steps.push_back(*step);
  }
  if (steps.size() != field.value.items.size() || !check_steps(field, steps)) return std::nullopt;
  return steps;
}

std::string StopSteps::show(const std::vector<StopStep>& value) {
  std::vector<std::string> texts;
  for (const StopStep& step : value) {
    texts.push_back(step.signal != 0 ? signal_name(step.signal) : duration_text(step.wait));
  }
  return show_list(texts);
}

}  // namespace supd::config
