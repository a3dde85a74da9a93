#pragma once

/// Finds the files of a configuration: names only, nothing is read.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/host/trust.hpp"
#include "config/load/file_info.hpp"
#include "config/text/source.hpp"

namespace supd::config {

struct FoundFile {
  std::string path;
  std::string unit;        ///< of a drop-in: what it belongs to, "web", "web@" or "supd" (the settings)
  std::uint32_t rank = 0;  ///< place in the search path: lower ones hide higher ones
  FileRole role = FileRole::units;
  bool operator==(const FoundFile&) const = default;
};

struct Scan {
  std::vector<FoundFile> files;  ///< unit files in the order of the search path and of their names; then drop-ins
};

/// Unit files NAME.toml of directories, single files, and what lies in NAME.toml.d beside them. With `search`, paths
/// that do not exist are passed over, and of files of one name the first is taken. What can't be read is noted.
[[nodiscard]] Scan scan(std::span<const std::string> paths, bool search, Trust trust, DiagnosticList& list);

}  // namespace supd::config
