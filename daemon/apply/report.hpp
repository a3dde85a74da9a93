#pragma once

/// Plans and diagnostics in the words and within the bounds of the control protocol.

#include <functional>
#include <string_view>

#include "config/load.hpp"
#include "config/plan/plan.hpp"
#include "ctl/proto/messages.hpp"

namespace supd::apply {

/// The plan; units for which `wanted` is false are neither counted nor told.
[[nodiscard]] proto::ChangeReport report_of(const config::Plan& plan,
                                            const std::function<bool(std::string_view unit)>& wanted = {});

/// Of a configuration that is not ok().
[[nodiscard]] proto::RpcFault fault_of(const config::Loaded& loaded);

/// Of one that is.
[[nodiscard]] std::vector<proto::Diagnostic> warnings_of(const config::Loaded& loaded);

}  // namespace supd::apply
