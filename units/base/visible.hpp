#pragma once

/// Text from outside (services, unit files, the daemon) made harmless for a terminal: everything that
/// could move the cursor, change colours or reorder a line becomes printable; UTF-8 stays as it is.

#include <string>
#include <string_view>

namespace supd {

/// Appends `bytes` with control characters spelled out: `\n`, `\r`, `\x1b` for C0, DEL and bytes that
/// are not UTF-8, `\u009b` for C1 and for the bidirectional controls. A tab stays a tab. The result
/// never holds a line break, so that one line stays one line.
void append_visible(std::string& out, std::string_view bytes);
[[nodiscard]] std::string visible(std::string_view bytes);

/// Whether a terminal obeys the character, or shows the ones around it in another order. For C1, DEL and
/// all above; what is below ' ' is not asked about.
[[nodiscard]] bool is_unsafe_on_terminal(char32_t code);

}  // namespace supd
