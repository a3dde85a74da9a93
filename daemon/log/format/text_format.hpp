#pragma once

/// The format of log files, one record per line:
///
///   2026-11-23T13:26:21.123456Z o listening on port 8080
///   STAMP SPACE TAG SPACE TEXT NEWLINE
///
/// STAMP is RFC 3339, in UTC 27 bytes, in local time 32 (see stamp.hpp). TAG has no space in it and is one of
///   o    e     a line of stdout, of stderr, or the last piece of one; the child wrote a newline after it
///   o+   e+    a piece: the line goes on in the next record of the same stream (it was longer than
///              max_line, or the child fell silent in the middle of it)
///   o.   e.    the stream ended here, without a newline
///   -          a note of supd itself, not of the child
/// TEXT is the child's bytes, unchanged. It never holds a newline and every record starts with a stamp
/// of supd's, so a child can't forge a record. A stream is rebuilt, byte for byte, by joining the TEXT of
/// its records with a newline after each plain "o" (or "e") and nothing after the others.

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/log/format/line.hpp"
#include "daemon/log/format/stamp.hpp"

namespace supd::log {

/// What append_record() and append_note() will add, in bytes, with a stamp of that length.
[[nodiscard]] constexpr std::size_t record_size(const Line& line, std::size_t stamp = stamp_size) {
  return stamp + 4 + (line.end == LineEnd::newline ? 0 : 1) + line.text.size();
}
[[nodiscard]] constexpr std::size_t note_size(std::string_view text, std::size_t stamp = stamp_size) {
  return stamp + 4 + text.size();
}

void append_record(std::string& out, std::string_view stamp, Stream stream, const Line& line);

/// Many lines at once: `block` holds whole lines, each with its newline. Returns how many.
std::size_t append_lines(std::string& out, std::string_view stamp, Stream stream, std::string_view block);
/// The most that append_lines() can add for a block of so many bytes: when all of its lines are empty.
[[nodiscard]] constexpr std::size_t lines_size_max(std::size_t block, std::size_t stamp) { return block * (stamp + 4); }

/// Newlines in a note become spaces: a note is one record.
void append_note(std::string& out, std::string_view stamp, std::string_view text);

}  // namespace supd::log
