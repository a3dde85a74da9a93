#pragma once

#include <string>

#include "daemon/log/rotation.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

/// What a unit file says of its log file.
struct FileSettings {
  std::string path;
  RotationSpec rotation;
  LogFormat format = LogFormat::text;
  OnFull on_full = OnFull::drop;
  std::string unit{};  ///< its name, for formats that have it in each record
  LogTime time = LogTime::utc;
};

}  // namespace supd::log
