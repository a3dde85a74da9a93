#pragma once

/// Text from outside (services, unit files, the daemon) made harmless for a terminal: everything that
/// could move the cursor, change colours or reorder a line becomes printable; UTF-8 stays as it is.

#include <cstddef>
#include <string>
#include <string_view>

namespace supd::ctl {

/// Appends `bytes` with control characters spelled out: `\n`, `\r`, `\x1b` for C0, DEL and bytes that
/// are not UTF-8, `\u009b` for C1 and for the bidirectional controls. A tab stays a tab. The result
/// never holds a line break, so that one line stays one line.
void append_visible(std::string& out, std::string_view bytes);
[[nodiscard]] std::string visible(std::string_view bytes);

/// Appends JSON text with DEL, C1 and bidirectional controls as \u escapes, which means the same JSON
/// (C0 can't stand in JSON strings as it is). JSON text only has such characters within strings.
void append_visible_json(std::string& out, std::string_view json);

/// The columns that `text` takes on a terminal: wide East Asian characters count two, combining ones none.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` cut to at most `columns` columns, with "…" in place of what is missing. Never splits a character.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns);

}  // namespace supd::ctl
