#pragma once

/// Requests that are answered with many notifications before their result: logs, events.

#include <cstdint>
#include <functional>
#include <string_view>

#include "ctl/context.hpp"

namespace supd::ctl {

/// Reads until the request's result is there, or `take` returned false, and calls `take` for each notification. Each
/// message has to come within Client::answer_time, unless the request is `endless`.
[[nodiscard]] Try<void> read_answer(Client& client, std::int64_t id, bool endless,
                                    const std::function<Try<bool>(const proto::Message&)>& take);

/// Sends the request and calls `take` for each notification named `notification`, until the result is
/// there, stdout is closed, or something fails. Output is flushed whenever nothing is left to read.
/// With params.follow there is no deadline: it ends with Ctrl-C, with the reader of stdout or with supd.
[[nodiscard]] Ending stream(Context& context, std::string_view method, const proto::Params& params,
                            std::string_view notification, const std::function<Try<void>(const proto::Message&)>& take);

}  // namespace supd::ctl
