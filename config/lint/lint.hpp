#pragma once

/// Warnings about what a unit names and this machine does not have. Never errors: it may appear before
/// the unit starts.

#include "config/load/unit_rules.hpp"

namespace supd::config {

/// The command, or the interpreter of its script, that can't be executed; the directory that is missing, the log's
/// directory likewise; the limit that can't be raised so high.
void lint_unit(const UnitPlaces& places, const UnitSpec& unit);

}  // namespace supd::config
