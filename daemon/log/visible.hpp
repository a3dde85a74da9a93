#pragma once

/// A child's bytes made harmless for a terminal: whatever could move the cursor, change colours or
/// reorder a line becomes printable. Spelled as supctl spells it.

#include <string>
#include <string_view>

namespace supd::log {

/// Appends `bytes` with `\n`, `\r`, `\x1b` for C0, DEL and bytes that are not UTF-8, and `\u009b` for C1
/// and for the bidirectional controls. A tab stays a tab.
void append_visible(std::string& out, std::string_view bytes);

}  // namespace supd::log
