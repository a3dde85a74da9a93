#pragma once

/// Reads the records that json_format.hpp writes: one object per line. Members that are not known are passed over;
/// a wrong type or anything behind it makes it no record.

#include <string_view>

#include "daemon/log/format/file_record.hpp"

namespace supd::log {

/// `line` without its newline. False: no record of ours, and `record` may hold anything.
[[nodiscard]] bool parse_json_record(std::string_view line, FileRecord& record);

}  // namespace supd::log
