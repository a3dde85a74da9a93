#pragma once

/// What `supctl show` tells of one unit: its keys, the environment of its processes, and its file. Values of
/// variables that look secret are left out unless they are asked for.

#include <string>
#include <vector>

#include "config/load.hpp"
#include "ctl/proto/messages.hpp"
#include "units/base/ids.hpp"

namespace supd {

/// Every key that has a value; `loaded` is where the unit is from.
[[nodiscard]] std::vector<proto::ShownValue> show_keys(const config::Unit& unit, const config::Loaded& loaded,
                                                       bool reveal);

/// "now.log_lines" and the other figures of its log, as in its status, but for those that are 0 where that is usual.
[[nodiscard]] std::vector<proto::ShownValue> show_log_figures(const UnitStatus& status);

/// "env.NAME" of all variables that run number `run` is or would be given, sorted; `where` is a file, "inherited"
/// (from supd), "run_as.user" or "supd".
[[nodiscard]] std::vector<proto::ShownValue> show_environment(const config::Unit& unit, const config::Loaded& loaded,
                                                              RunId run, bool reveal);

/// A unit file that says the same.
[[nodiscard]] std::string show_toml(const UnitSpec& unit, bool reveal);

}  // namespace supd
