#pragma once

/// ChangeReport as JSON. Known to the codec only.

#include "ctl/proto/change.hpp"
#include "ctl/proto/rapid.hpp"

namespace supd::proto {

void put_report(JsonWriter& writer, const ChangeReport& report);
/// False: a member has a wrong type. Missing ones keep their defaults.
[[nodiscard]] bool read_report(const JsonValue& json, ChangeReport& out);

}  // namespace supd::proto
