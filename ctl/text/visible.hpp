#pragma once

/// What a terminal can be shown (units/base/visible.hpp), how wide it is there, and the same for JSON.

#include <cstddef>
#include <string>
#include <string_view>

#include "units/base/visible.hpp"

namespace supd::ctl {

using supd::append_visible;
using supd::visible;

/// Appends JSON text with DEL, C1 and bidirectional controls as \u escapes, which means the same JSON
/// (C0 can't stand in JSON strings as it is). JSON text only has such characters within strings.
void append_visible_json(std::string& out, std::string_view json);

/// The columns that `text` takes on a terminal: wide East Asian characters count two, combining ones none.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` cut to at most `columns` columns, with "…" in place of what is missing. Never splits a character.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns);

}  // namespace supd::ctl
