#include "config/text/source.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "config/text/utf8.hpp"

namespace supd::config {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

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

std::string_view Source::through_line(std::uint32_t number) const {
  const auto& starts = line_starts();
  return number < starts.size() ? text_.substr(0, starts[number]) : text_;
}

Position Source::position_of(std::size_t offset) const {
  const auto& starts = line_starts();
  auto after = std::ranges::upper_bound(starts, offset);
  auto line = static_cast<std::uint32_t>(after - starts.begin());
  std::size_t begin = starts[line - 1];
  std::size_t column = character_count(text_.substr(begin, offset - begin)) + 1;
  return {line, static_cast<std::uint32_t>(column), file_};
}

std::size_t Source::offset_in_line(std::string_view line, Position at) const {
  if (at.line != mark_.line || at.column < mark_.column) {
    mark_ = {at.line, 1, file_};
    mark_offset_ = 0;
  }
  mark_offset_ = skip_characters(line, mark_offset_, at.column - mark_.column);
  mark_.column = at.column;
  return mark_offset_;
}

std::string_view Source::character_at(Position at) const {
  std::string_view rest = line(at.line);
  rest.remove_prefix(offset_in_line(rest, at));
  return rest.substr(0, character_length(rest));
}

Source::Quote Source::quote(Position at) const {
  constexpr std::uint32_t before = 60;
  constexpr std::uint32_t width = 160;
  std::string_view whole = line(at.line);
  std::uint32_t skipped = at.column > before ? at.column - before : 0;
  std::size_t begin = offset_in_line(whole, {at.line, skipped + 1});
  std::size_t end = skip_characters(whole, begin, width);
  return {whole.substr(begin, end - begin), at.column - skipped};
}

std::uint32_t Sources::add(std::string name) {
  Item& item = items_.emplace_back();
  item.name = std::move(name);
  item.source = Source(item.name, {}, size() - 1);
  numbers_.emplace(item.name, size() - 1);
  return size() - 1;
}

std::uint32_t Sources::find_or_add(const std::string& name) {
  auto found = numbers_.find(name);
  return found != numbers_.end() ? found->second : add(name);
}

void Sources::give_text(std::uint32_t file, std::string text) {
  Item& item = items_[file];
  item.text = std::move(text);
  if (item.text.starts_with(byte_order_mark)) item.text.erase(0, byte_order_mark.size());
  item.source = Source(item.name, item.text, file);
}

bool DiagnosticList::count(Severity severity) {
  return ++(severity == Severity::error ? errors : warnings) <= max_diagnostics;
}

void DiagnosticList::add(Diagnostic diagnostic) {
  if (count(diagnostic.severity)) kept.push_back(std::move(diagnostic));
}

bool DiagnosticList::is_new(Position at, std::string_view message) {
  if (at.line == 0) return true;
  std::size_t hash = std::hash<std::string_view>{}(message);
  for (std::uint32_t part : {at.file, at.line, at.column}) hash = (hash ^ part) * 0x9E37'79B9'7F4A'7C15U;
  return told_.insert(hash).second;
}

void DiagnosticList::sort(const Sources& files) {
  if (kept.size() < 2) return;
  std::unordered_map<std::string_view, std::uint32_t> ranks;
  for (std::uint32_t i = 0; i < files.size(); ++i) ranks.emplace(files.at(i).name(), i);
  auto place = [&ranks, &files](const Diagnostic& d) {
    auto found = ranks.find(d.file);
    return std::tuple(found != ranks.end() ? found->second : files.size(), d.line, d.column);
  };
  std::ranges::stable_sort(kept, {}, place);
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
  const Source& source = source_of(at);
  if (!list_->is_new(at, message) || !list_->count(severity)) return;
  Source::Quote quote = at.line != 0 ? source.quote(at) : Source::Quote{};
  list_->kept.push_back({severity, std::string(source.name()), at.line, at.column, std::string(key), std::move(message),
                         std::move(hint), std::string(quote.text), quote.caret});
}

void Problems::error(Position at, std::string_view key, std::string message, std::string hint) {
  add(Severity::error, at, key, std::move(message), std::move(hint));
}

void Problems::warning(Position at, std::string_view key, std::string message, std::string hint) {
  add(Severity::warning, at, key, std::move(message), std::move(hint));
}

}  // namespace supd::config
