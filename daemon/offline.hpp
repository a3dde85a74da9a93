#pragma once

/// What supd answers without running anything: --check, --explain and --schema. And the step that the check
/// and a start have in common.

#include <cstdio>
#include <optional>

#include "config/load.hpp"
#include "daemon/options.hpp"
#include "units/supervisor.hpp"

namespace supd {

/// The supervisor of what was loaded, taking its units. Adds what is wrong between the units to what is wrong
/// within them; nothing when anything is.
[[nodiscard]] std::optional<Supervisor> load_units(config::Loaded& loaded);

/// The diagnostics for people.
void report(const config::Loaded& loaded, std::FILE* to);

/// Prints to stdout, and what is wrong with the question to stderr; returns the exit code.
[[nodiscard]] int check(const Options& options);
[[nodiscard]] int explain(const Options& options);
[[nodiscard]] int schema(const Options& options);

}  // namespace supd
