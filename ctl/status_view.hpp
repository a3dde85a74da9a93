#pragma once

/// What `supctl status` prints: a table of units, or the details of one.

#include <span>
#include <string>

#include "ctl/text/table.hpp"
#include "units/status.hpp"

namespace supd::ctl {

/// Running, or a task that did its work.
[[nodiscard]] bool is_active(const UnitStatus& unit);

/// UNIT STATE PID UPTIME RESTARTS CAUSE, heading included.
[[nodiscard]] Table status_table(std::span<const UnitStatus> units);

/// Appends the details of one unit, one per line.
void append_details(std::string& out, const UnitStatus& unit, bool colored);

}  // namespace supd::ctl
