#pragma once

/// From the names, globs and "@target"s of a request to units, all or nothing.

#include <expected>
#include <vector>

#include "daemon/control/methods.hpp"

namespace supd::control {

enum class IfNone : std::uint8_t { all_units, refuse };

/// The units that `units` of the request means, each once, in the order in which they are named. A pattern
/// that matches nothing is a fault (no_such_unit, with the nearest name), before anything is done.
[[nodiscard]] std::expected<std::vector<UnitId>, proto::RpcFault> select_units(const Call& call, IfNone if_none);

/// The one unit that `unit` of the request means.
[[nodiscard]] std::expected<UnitId, proto::RpcFault> select_unit(const Call& call);

}  // namespace supd::control
