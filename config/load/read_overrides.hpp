#pragma once

/// The overrides' file as it is read.

#include "config/load/overrides.hpp"
#include "config/text/source.hpp"
#include "config/text/value.hpp"

namespace supd::config {

/// Notes what supd can't have written.
void read_overrides(Problems& problems, const Value& document, Overrides& overrides);

}  // namespace supd::config
