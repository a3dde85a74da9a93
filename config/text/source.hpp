#pragma once

/// One text that is being read, and the list in which everything wrong with it is noted.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/text/diagnostic.hpp"

namespace supd::config {

/// A place in a Source: lines and columns count from 1, columns in characters. 0: nowhere.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

/// A named text. Borrows both; finds lines in it for messages.
class Source {
 public:
  Source(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
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
  mutable std::vector<std::size_t> line_starts_;
  mutable Position mark_;  ///< found last, so that the many errors of one long line take linear time
  mutable std::size_t mark_offset_ = 0;
};

/// The diagnostics of a whole load. Keeps max_diagnostics of each severity and counts the rest.
struct DiagnosticList {
  std::vector<Diagnostic> kept;
  std::size_t errors = 0;    ///< of all, kept or not
  std::size_t warnings = 0;  ///< of all, kept or not

  void add(Diagnostic diagnostic);
  /// Counts one; whether there is room for it.
  [[nodiscard]] bool count(Severity severity);
  /// Puts those from index `first` on in the order of lines: `file` first, then the files it names.
  void sort_from(std::size_t first, std::string_view file);
  /// Cuts the list down to max_diagnostics, warnings first; returns how many are not in it.
  std::size_t trim();
};

/// Notes what is wrong with one Source. Borrows both; neither may move while it is in use.
class Problems {
 public:
  Problems(const Source& source, DiagnosticList& list) : source_(&source), list_(&list) {}

  /// Whether one more error would be kept: if not, there is no need to look for a good hint.
  [[nodiscard]] bool has_room() const { return list_->errors < max_diagnostics; }
  void error(Position at, std::string_view key, std::string message, std::string hint);
  void warning(Position at, std::string_view key, std::string message, std::string hint);

  [[nodiscard]] const Source& source() const { return *source_; }
  [[nodiscard]] DiagnosticList& list() const { return *list_; }

 private:
  void add(Severity severity, Position at, std::string_view key, std::string message, std::string hint);

  const Source* source_;
  DiagnosticList* list_;
};

}  // namespace supd::config
