#pragma once

/// One record as it stands in a log file, whatever the file's format.

#include <cstdint>
#include <string>

#include "daemon/log/format/line.hpp"

namespace supd::log {

struct FileRecord {
  std::int64_t time_us = 0;  ///< microseconds since 1970
  Origin origin = Origin::out;
  bool partial = false;   ///< the line goes on in the next record of its stream
  bool base64 = false;    ///< `text` is that of bytes which are no UTF-8
  std::uint64_t run = 0;  ///< 0: the record does not say
  std::string text;       ///< without a newline
  bool operator==(const FileRecord&) const = default;
};

}  // namespace supd::log
