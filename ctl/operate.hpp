#pragma once

/// Requests that change units and answer with one result per unit.

#include <string_view>

#include "ctl/context.hpp"
#include "ctl/progress.hpp"

namespace supd::ctl {

/// Sends `method`, shows progress until the results are there, and prints them. `failed` when a unit
/// did not get there. `waits`: supd answers when it is done, however long that takes (at most
/// params.timeout_ms). `done_text`: see Progress::finish().
[[nodiscard]] Ending operate(Context& context, std::string_view method, const proto::Params& params, bool waits,
                             std::string_view done_text = {});

/// The message that ends request `id`; what comes before it is progress. Its error is a Failure.
[[nodiscard]] Try<proto::Message> await(Client& client, std::int64_t id, Instant deadline, Progress& progress);

/// supd keeps the time; this is for the case that it does not answer at all.
[[nodiscard]] Instant deadline_for(const proto::Params& params, bool waits);

/// Rounded up, so that 1us is not "at once"; longer than a century is for ever.
[[nodiscard]] std::int64_t whole_ms(Duration length);

/// params.units and params.timeout_ms from the command line.
[[nodiscard]] proto::Params operation_params(const Options& options);

}  // namespace supd::ctl
