#pragma once

/// What is known of a file that a configuration was made from.

#include "config/load/file_stamp.hpp"

namespace supd::config {

enum class FileRole : std::uint8_t {
  units,        ///< a unit file, supd.toml, or a file with several units
  drop_in,      ///< NAME.toml.d/…
  environment,  ///< named in environment.files
  state,        ///< what people enabled, masked and scaled
};

struct FileInfo {
  FileStamp stamp;
  FileRole role = FileRole::units;
  bool shared = false;  ///< more than the units in it depend on it: settings, defaults, a template
};

}  // namespace supd::config
