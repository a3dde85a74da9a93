#pragma once

/// Requests that change units and answer with one result per unit.

#include <string_view>

#include "ctl/context.hpp"

namespace supd::ctl {

/// Sends `method`, shows progress until the results are there, and prints them. `failed` when a unit
/// did not get there. `waits`: supd answers when it is done, however long that takes (at most
/// params.timeout_ms). `done_text`: see Progress::finish().
[[nodiscard]] Ending operate(Context& context, std::string_view method, const proto::Params& params, bool waits,
                             std::string_view done_text = {});

/// params.units and params.timeout_ms from the command line.
[[nodiscard]] proto::Params operation_params(const Options& options);

}  // namespace supd::ctl
