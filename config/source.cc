#include "config/source.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/utf8.hpp"

namespace supd::config {
namespace {

/// Moves `at` behind `count` characters; an invalid byte counts as one.
std::size_t skip_characters(std::string_view text, std::size_t at, std::size_t count) {
  for (; count != 0 && at < text.size(); --count) at += std::max<std::size_t>(character_length(text.substr(at)), 1);
  return std::min(at, text.size());
}

}  // namespace

const std::vector<std::size_t>& Source::line_starts() const {
  if (!line_starts_.empty()) return line_starts_;
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string_view::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(at + 1);
  }
  return line_starts_;
}

std::string_view Source::line(std::uint32_t number) const {
  const auto& starts = line_starts();
  if (number == 0 || number > starts.size()) return {};
  std::size_t begin = starts[number - 1];
  std::size_t end = number < starts.size() ? starts[number] - 1 : text_.size();
  std::string_view line = text_.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Position Source::position_of(std::size_t offset) const {
  const auto& starts = line_starts();
  auto after = std::ranges::upper_bound(starts, offset);
  auto line = static_cast<std::uint32_t>(after - starts.begin());
  std::size_t begin = starts[line - 1];
  std::size_t column = character_count(text_.substr(begin, offset - begin)) + 1;
  return {line, static_cast<std::uint32_t>(column)};
}

void quote_line(Diagnostic& diagnostic, std::string_view line) {
  constexpr std::uint32_t before = 60;
  constexpr std::uint32_t width = 160;
  std::uint32_t skipped = diagnostic.column > before ? diagnostic.column - before : 0;
  std::size_t begin = skip_characters(line, 0, skipped);
  std::size_t end = skip_characters(line, begin, width);
  diagnostic.source = line.substr(begin, end - begin);
  diagnostic.caret = diagnostic.column - skipped;
}

void DiagnosticList::add(Diagnostic diagnostic) {
  std::size_t& count = diagnostic.severity == Severity::error ? errors : warnings;
  if (++count <= max_diagnostics) kept.push_back(std::move(diagnostic));
}

void DiagnosticList::sort_from(std::size_t first) {
  std::stable_sort(
      kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return std::tie(a.line, a.column) < std::tie(b.line, b.column); });
}

std::size_t DiagnosticList::trim() {
  std::size_t room = max_diagnostics - std::min(max_diagnostics, errors);
  std::erase_if(kept, [&room](const Diagnostic& d) {
    if (d.severity == Severity::error) return false;
    if (room == 0) return true;
    --room;
    return false;
  });
  return errors + warnings - kept.size();
}

void Problems::add(Severity severity, Position at, std::string_view key, std::string message, std::string hint) {
  Diagnostic d{severity,
               std::string(source_->name()),
               at.line,
               at.column,
               std::string(key),
               std::move(message),
               std::move(hint),
               {},
               0};
  if (at.line != 0) quote_line(d, source_->line(at.line));
  list_->add(std::move(d));
}

void Problems::error(Position at, std::string_view key, std::string message, std::string hint) {
  add(Severity::error, at, key, std::move(message), std::move(hint));
}

void Problems::warning(Position at, std::string_view key, std::string message, std::string hint) {
  add(Severity::warning, at, key, std::move(message), std::move(hint));
}

}  // namespace supd::config
