#pragma once

/// Reads the records that text_format.hpp writes.

#include <string_view>

#include "daemon/log/format/file_record.hpp"

namespace supd::log {

/// `line` without its newline. False, and `record` as it was: no record of ours.
[[nodiscard]] bool parse_text_record(std::string_view line, FileRecord& record);

}  // namespace supd::log
