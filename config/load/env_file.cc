#include "config/load/env_file.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include "config/keys/field.hpp"
#include "config/keys/names.hpp"
#include "config/load/unit_rules.hpp"
#include "config/text/utf8.hpp"

namespace supd::config {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<std::string> unquoted(std::string_view text) {
  char quote = text.empty() ? '\0' : text[0];
  if (quote != '"' && quote != '\'') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == quote) return trimmed(text.substr(i + 1)).empty() ? std::optional(out) : std::nullopt;
    bool escape = quote == '"' && text[i] == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`');
    if (escape) ++i;
    out += text[i];
  }
  return std::nullopt;
}

void read_line(Problems& problems, std::uint32_t number, std::string_view line, Variables& out) {
  std::size_t first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos || line[first] == '#' || line[first] == ';') return;
  Position at{number, static_cast<std::uint32_t>(first) + 1};
  std::string_view rest = line.substr(first);
  if (rest.starts_with("export ")) rest = trimmed(rest.substr(7));
  std::size_t equals = rest.find('=');
  if (equals == std::string_view::npos) {
    problems.error(at, {}, "there is no = in the line", "write NAME=VALUE, or # in front of a comment");
    return;
  }
  std::string_view name = rest.substr(0, equals);
  if (!is_variable_name(name)) {
    problems.error(at, {}, in_quotes(name) + " can't be the name of a variable", std::string(variable_name_rule));
    return;
  }
  auto value = unquoted(trimmed(rest.substr(equals + 1)));
  if (value && name.size() + 1 + value->size() > max_argument) {
    problems.error(at, {}, "the variable is longer than the kernel takes",
                   "keep NAME=VALUE below 128 KiB: put the text into a file");
  } else if (value) {
    out.emplace_back(name, std::move(*value));
  } else {
    problems.error(at, {}, "the quotes of the value do not match",
                   "write NAME=\"VALUE\", and nothing behind the quote");
  }
}

/// One entry of environment.files: "/path", or "-/path" when it may be missing.
void read_one_file(const UnitPlaces& places, std::string_view entry, Variables& out) {
  bool optional = entry.starts_with('-');
  std::string path(entry.substr(optional ? 1 : 0));
  auto text = places.host().read_file(path);
  if (!text) {
    if (optional && text.error().code == ENOENT) return;
    places.error("environment.files", text.error().text(),
                 text.error().code == ENOENT ? "write \"-" + path + "\" if the file may be missing"
                                             : "make it a readable file of at most 1 MiB, or remove it from the list");
    return;
  }
  Source source(path, *text);
  Problems problems(source, places.problems().list());
  read_env_text(problems, out);
}

}  // namespace

void read_env_text(Problems& problems, Variables& out) {
  const Source& source = problems.source();
  std::size_t bad = std::min(source.text().find('\0'), first_invalid_byte(source.text()));
  if (bad != std::string_view::npos) {
    problems.error(source.position_of(bad), {}, "the file is not text in UTF-8", "save it as text in UTF-8");
    return;
  }
  std::uint32_t number = 0;
  for (std::string_view rest = source.text(); !rest.empty();) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (++number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    read_line(problems, number, line, out);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void keep_last_values(Variables& variables) {
  std::ranges::stable_sort(variables, {}, &Variables::value_type::first);
  Variables kept;
  kept.reserve(variables.size());
  for (auto& variable : variables) {
    bool again = !kept.empty() && kept.back().first == variable.first;
    if (again) kept.pop_back();
    kept.push_back(std::move(variable));
  }
  variables = std::move(kept);
}

void read_environment_files(const UnitPlaces& places, EnvironmentSpec& environment) {
  if (environment.files.empty()) return;
  Variables all;
  for (const std::string& entry : environment.files) read_one_file(places, entry, all);
  for (auto& variable : environment.values) all.push_back(std::move(variable));
  keep_last_values(all);
  environment.values = std::move(all);
}

}  // namespace supd::config
