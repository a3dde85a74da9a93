#pragma once

/// The part of the manual pages that is made from the list of keys, in mdoc(7).

#include <string>
#include <string_view>

namespace supd::config {

/// All keys of a unit, or of supd itself: one subsection for each table, one item for each key.
[[nodiscard]] std::string keys_page(bool of_unit);

/// The text with whatever mdoc(7) would take for its own made harmless. For lines of text, not for macros.
[[nodiscard]] std::string roff_text(std::string_view text);

}  // namespace supd::config
