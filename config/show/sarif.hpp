#pragma once

/// Diagnostics in the form that code hosts and editors take: SARIF 2.1.0 (OASIS).

#include <span>
#include <string>

#include "config/text/diagnostic.hpp"

namespace supd::config {

/// One run of the tool supd, and a newline. The rules are the keys at fault, "unknown-key" for what is no key, and
/// "file" for what is wrong with a file as a whole or with its syntax. Paths become URIs: absolute ones of the
/// scheme "file", relative ones stay relative. Always valid UTF-8.
/// @param more  how many further diagnostics were counted but not kept: they make one notification
[[nodiscard]] std::string render_sarif(std::span<const Diagnostic> diagnostics, std::size_t more = 0);

}  // namespace supd::config
