#pragma once

/// ${VARIABLES} in commands and directories: they are expanded when the unit is executed, and looked at here, so that
/// a mistake is found before.

#include "config/load/unit_rules.hpp"

namespace supd::config {

/// Notes what can't be expanded: an error when it never could, a warning when the variable might come from supd's own
/// environment, which is another one than this process may have.
void check_references(const UnitPlaces& places, const UnitSpec& unit);

}  // namespace supd::config
