#pragma once

/// Requests that are answered with many notifications before their result: logs, events.

#include <functional>
#include <string_view>

#include "ctl/context.hpp"

namespace supd::ctl {

/// Sends the request and calls `take` for each notification named `notification`, until the result is
/// there, stdout is closed, or something fails. Output is flushed whenever nothing is left to read.
/// With params.follow there is no deadline: it ends with Ctrl-C, with the reader of stdout or with supd.
[[nodiscard]] Ending stream(Context& context, std::string_view method, const proto::Params& params,
                            std::string_view notification, const std::function<Try<void>(const proto::Message&)>& take);

}  // namespace supd::ctl
