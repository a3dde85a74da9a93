#include "tests/hygiene/sizes.hpp"

#include <algorithm>
#include <array>

namespace supd::hygiene {
namespace {

/// Comments, literals and preprocessor lines blanked.
std::string plain_code(std::string_view source) {
  std::string text = without_comments(source, true);
  bool directive = false;
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = std::min(text.find('\n', start), text.size());
    std::size_t first = text.find_first_not_of(" \t", start);
    directive = directive || (first < end && text[first] == '#');
    bool goes_on = end > start && text[end - 1] == '\\';
    if (directive) std::fill(text.begin() + static_cast<long>(start), text.begin() + static_cast<long>(end), ' ');
    directive = directive && goes_on;
    start = end + 1;
  }
  return text;
}

std::size_t closing_brace(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return text.size();
}

/// Whether the brace behind `head` (the text since the last statement) opens a scope of declarations.
bool opens_scope(std::string_view head) {
  static constexpr std::array<std::string_view, 6> words{"namespace", "class", "struct", "union", "enum", "extern"};
  bool listed = false;
  std::vector<std::string_view> in_head = words_of(head);
  for (std::string_view word : in_head) listed = listed || std::ranges::find(words, word) != words.end();
  // "struct stat f() {" is a function, "struct alignas(8) S {" is not: the last ')' ends the head of the former.
  std::size_t last = head.find_last_not_of(" \t\n");
  bool call = last != std::string_view::npos && head[last] == ')' && head.find("alignas") == std::string_view::npos;
  return listed && !call;
}

/// Whether the braces from `open` on initialise a member or a variable rather than hold statements.
bool initialises(std::string_view text, std::string_view head, std::size_t close) {
  std::size_t last = head.find_last_not_of(" \t\n");
  if (last != std::string_view::npos && head[last] == '=') return true;
  std::size_t next = text.find_first_not_of(" \t\n", std::min(close + 1, text.size()));
  if (next == std::string_view::npos) return false;
  bool parameters_end_it = last != std::string_view::npos && head[last] == ')';
  return text[next] == ',' || text[next] == '{' || text[next] == ')' || (text[next] == ';' && !parameters_end_it);
}

std::string name_in(std::string_view head) {
  std::size_t open = head.find('(');
  std::string_view words = head.substr(0, open);
  std::size_t start = words.find_last_of(" \t\n*&", words.empty() ? 0 : words.size() - 1);
  std::string name(start == std::string_view::npos ? words : words.substr(start + 1));
  if (name != "TEST" && name != "TEST_F" && name != "TEST_P" && name != "TYPED_TEST") return name;
  std::size_t comma = head.find(',', open), end = head.find(')', open);
  if (comma == std::string_view::npos || end == std::string_view::npos || end < comma) return name;
  std::vector<std::string_view> test = words_of(head.substr(comma + 1, end - comma - 1));
  return test.empty() ? name : std::string(test.front());
}

std::size_t line_at(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
}

}  // namespace

std::vector<FunctionSize> functions_of(std::string_view source) {
  std::string code = plain_code(source);
  std::string_view text = code;
  std::vector<FunctionSize> found;
  std::size_t statement = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';' || text[i] == '}') statement = i + 1;
    if (text[i] != '{') continue;
    std::string_view head = text.substr(statement, i - statement);
    std::size_t close = closing_brace(text, i);
    if (opens_scope(head)) {
      statement = i + 1;
    } else if (initialises(text, head, close)) {
      i = close;  // the head goes on behind it
    } else {
      std::size_t line = line_at(text, i);
      if (head.find('(') != std::string_view::npos) {
        found.push_back({name_in(head), line, line_at(text, close) - line + 1});
      }
      i = close;
      statement = std::min(close + 1, text.size());
    }
  }
  return found;
}

std::vector<std::string> check_sizes(const SourceFile& file, const std::vector<std::string>& exceptions) {
  std::vector<std::string> problems;
  auto excused = [&](const std::string& what) { return std::ranges::find(exceptions, what) != exceptions.end(); };
  std::size_t limit = file.path.ends_with(".hpp") ? header_lines_max : source_lines_max;
  std::size_t lines = lines_of(file.text).size();
  if (lines > limit && !excused(file.path)) {
    problems.push_back(file.path + ": " + std::to_string(lines) + " lines, at most " + std::to_string(limit));
  }
  for (const auto& function : functions_of(file.text)) {
    if (function.lines <= function_lines_max || excused(file.path + ":" + function.name)) continue;
    problems.push_back(file.path + ":" + std::to_string(function.line) + ": " + function.name + " has " +
                       std::to_string(function.lines) + " lines, at most " + std::to_string(function_lines_max));
  }
  return problems;
}

SizeExceptions parse_exceptions(std::string_view text) {
  SizeExceptions out;
  for (std::string_view line : lines_of(text)) {
    std::vector<std::string_view> words = words_of(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    out.subjects.emplace_back(words[0]);
    if (words.size() < 3) out.errors.emplace_back(line);
  }
  return out;
}

}  // namespace supd::hygiene
