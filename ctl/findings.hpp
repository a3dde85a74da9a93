#pragma once

#include <vector>

#include "ctl/context.hpp"
#include "ctl/proto/messages.hpp"

namespace supd::ctl {

/// As a table with marks and advice, or as JSON: `{"version":1,"findings":[...]}`.
void show_findings(Context& context, const std::vector<proto::Finding>& findings);

}  // namespace supd::ctl
