#pragma once

/// Environment files: lines NAME=VALUE, blank lines, and comments that begin with # or ;. A value
/// may stand in single or double quotes; in double quotes \" \\ \$ and \` lose their backslash.
/// Nothing is expanded, and "export " in front of a name is passed over.

#include <string>
#include <utility>
#include <vector>

#include "config/text/source.hpp"

namespace supd::config {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Appends the variables of the text; notes each bad line and goes on.
void read_env_text(Problems& problems, Variables& out);

/// Sorts by name; of several values of one name only the last stays.
void keep_last_values(Variables& variables);

}  // namespace supd::config
