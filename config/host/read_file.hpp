#pragma once

/// Files and directories of a configuration, from the disk.

#include <string>
#include <vector>

#include "config/host/trust.hpp"
#include "config/load/file_stamp.hpp"
#include "units/base/error.hpp"

namespace supd::config {

struct FileText {
  std::string text;
  FileStamp stamp;
};

/// The content of a regular file of at most max_file_bytes. Never blocks on a FIFO (open(2) with
/// O_NONBLOCK), follows symbolic links.
[[nodiscard]] Result<FileText> read_regular_file(const std::string& path, Trust trust = Trust::all);

/// Of the file as it is now, without opening it.
[[nodiscard]] FileStamp stamp_of(const std::string& path);

struct DirectoryEntries {
  std::vector<std::string> unit_files;  ///< names "*.toml", sorted, without hidden ones
  std::vector<std::string> drop_ins;    ///< names "*.toml.d", sorted
};

/// At most max_units + 1 names; ENOTDIR when `path` is not a directory.
[[nodiscard]] Result<DirectoryEntries> list_directory(const std::string& path, Trust trust = Trust::all);

}  // namespace supd::config
