#pragma once

/// The specifiers of templates: %i is the instance's argument, %% a percent sign.

#include <string_view>

#include "config/text/source.hpp"
#include "config/text/value.hpp"

namespace supd::config {

/// Replaces them in every string of `value`. Anything else behind a percent sign is noted as an error.
void expand_percent(Value& value, std::string_view argument, Problems& problems);

}  // namespace supd::config
