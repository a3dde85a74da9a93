#include "config/load/env_file.hpp"

#include <algorithm>
#include <optional>

#include "config/keys/field.hpp"
#include "config/keys/names.hpp"
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
  Position at{number, static_cast<std::uint32_t>(first) + 1, problems.source().file()};
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
    out.push_back({std::string(name), std::move(*value), at});
  } else {
    problems.error(at, {}, "the quotes of the value do not match",
                   "write NAME=\"VALUE\", and nothing behind the quote");
  }
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
  std::ranges::stable_sort(variables, {}, &Variable::name);
  auto kept = variables.begin();
  for (auto at = variables.begin(); at != variables.end(); ++at) {
    bool is_last = at + 1 == variables.end() || (at + 1)->name != at->name;
    if (!is_last) continue;
    if (kept != at) *kept = std::move(*at);
    ++kept;
  }
  variables.erase(kept, variables.end());
}

const EnvFiles::File& EnvFiles::read(const std::string& path) {
  auto [found, is_new] = files_.try_emplace(path);
  File& file = found->second;
  if (!is_new) return file;
  file.source = sources_.find_or_add(path);
  auto text = host_.read_file(path);
  if (!text) {
    file.error = std::move(text.error());
    return file;
  }
  sources_.give_text(file.source, std::move(*text));
  Problems problems(sources_.at(file.source), list_, &sources_);
  read_env_text(problems, file.variables);
  return file;
}

}  // namespace supd::config
