#pragma once

/// One text that is being read, and the list in which everything wrong with it is noted.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/text/diagnostic.hpp"

namespace supd::config {

/// A place in a Source: lines and columns count from 1, columns in characters. 0: nowhere.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t file = 0;  ///< Source::file()
  auto operator<=>(const Position&) const = default;
};

/// A named text. Borrows both; finds lines in it for messages.
class Source {
 public:
  /// `file` is what positions in it are marked with.
  Source(std::string_view name, std::string_view text, std::uint32_t file = 0)
      : name_(name), text_(text), file_(file) {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::uint32_t file() const { return file_; }
  /// The line without its end; "" when there is no such line.
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts().size()); }
  /// The text up to the end of that line.
  [[nodiscard]] std::string_view through_line(std::uint32_t number) const;
  [[nodiscard]] Position position_of(std::size_t offset) const;

  /// The character at a position; "" when there is none.
  [[nodiscard]] std::string_view character_at(Position at) const;

  /// The part of a line to show for a position in it.
  struct Quote {
    std::string_view text;
    std::uint32_t caret = 0;  ///< the character of `text`, from 1, that the position names; 0: none
  };
  [[nodiscard]] Quote quote(Position at) const;

 private:
  /// Offsets of all lines: made at the first message, since most texts need none.
  [[nodiscard]] const std::vector<std::size_t>& line_starts() const;
  [[nodiscard]] std::size_t offset_in_line(std::string_view line, Position at) const;

  std::string_view name_;
  std::string_view text_;
  std::uint32_t file_;
  mutable std::vector<std::size_t> line_starts_;
  mutable Position mark_;  ///< found last, so that the many errors of one long line take linear time
  mutable std::size_t mark_offset_ = 0;
};

/// All texts of a load, by the number of their file. A unit's values may come from several of them.
class Sources {
 public:
  /// A file without a text yet: all its lines are empty.
  std::uint32_t add(std::string name);
  /// The first one of that name, or a new one.
  std::uint32_t find_or_add(const std::string& name);
  /// A byte order mark in front of it is dropped.
  void give_text(std::uint32_t file, std::string text);

  [[nodiscard]] const Source& at(std::uint32_t file) const { return items_[file].source; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(items_.size()); }

 private:
  struct Item {
    std::string name;
    std::string text;
    Source source{{}, {}};  ///< borrows the two
  };
  std::deque<Item> items_;  ///< never moves what it holds
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// The diagnostics of a whole load. Keeps max_diagnostics of each severity and counts the rest.
struct DiagnosticList {
  std::vector<Diagnostic> kept;
  std::size_t errors = 0;    ///< of all, kept or not
  std::size_t warnings = 0;  ///< of all, kept or not

  void add(Diagnostic diagnostic);
  /// Counts one; whether there is room for it.
  [[nodiscard]] bool count(Severity severity);
  /// Whether this is news: a line that many units share (a default, a template) is complained about once.
  [[nodiscard]] bool is_new(Position at, std::string_view message);
  /// Puts them in the order of `files`, and of lines in each.
  void sort(const Sources& files);
  /// Cuts the list down to max_diagnostics, warnings first; returns how many are not in it.
  std::size_t trim();

 private:
  std::unordered_set<std::size_t> told_;  ///< hashes of place and message
};

/// Notes what is wrong with one Source, or with values that came together from several. Borrows all; nothing of it
/// may move while it is in use.
class Problems {
 public:
  /// Without `all`, every position is one of `source`.
  Problems(const Source& source, DiagnosticList& list, const Sources* all = nullptr)
      : source_(&source), list_(&list), all_(all) {}

  /// Whether one more error would be kept: if not, there is no need to look for a good hint.
  [[nodiscard]] bool has_room() const { return list_->errors < max_diagnostics; }
  void error(Position at, std::string_view key, std::string message, std::string hint);
  void warning(Position at, std::string_view key, std::string message, std::string hint);

  [[nodiscard]] const Source& source() const { return *source_; }
  [[nodiscard]] DiagnosticList& list() const { return *list_; }

 private:
  void add(Severity severity, Position at, std::string_view key, std::string message, std::string hint);
  [[nodiscard]] const Source& source_of(Position at) const {
    return all_ != nullptr && at.line != 0 ? all_->at(at.file) : *source_;
  }

  const Source* source_;
  DiagnosticList* list_;
  const Sources* all_;
};

}  // namespace supd::config
