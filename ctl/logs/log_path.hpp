#pragma once

/// The files of one log in their directory, by name: the one that is written, and those that were closed.

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/log_spec.hpp"

namespace supd::ctl::logs {

struct LogPath {
  std::string directory;
  std::string base;  ///< name of the file that is written

  explicit LogPath(std::string_view path);
  [[nodiscard]] std::string current() const { return directory + "/" + base; }
  [[nodiscard]] std::string closed(std::int64_t time_us, Compression compression) const;
};

struct OpenedFile {
  sys::UniqueFd fd;
  Compression compression = Compression::none;
  std::string path;
  struct stat is {};
};

/// Opens the file that is written. Only regular files are logs to read: others are EINVAL.
[[nodiscard]] Result<OpenedFile> open_current(const LogPath& path);
/// Opens the file that was closed at that time, in whatever form it is there by now. ENOENT: in none.
[[nodiscard]] Result<OpenedFile> open_closed(const LogPath& path, std::int64_t time_us);

/// When each closed file was closed, oldest first. None, when there is no such directory.
[[nodiscard]] Result<std::vector<std::int64_t>> closed_files(const LogPath& path);

[[nodiscard]] bool same_file(const struct stat& a, const struct stat& b);
/// Time of its last change, microseconds since 1970.
[[nodiscard]] std::int64_t changed_us(const struct stat& is);

/// Whether the file closed at that time is the one that `is` tells of, also after it was compressed: a
/// compressed copy has another inode and the same time of last change.
[[nodiscard]] bool is_same_log(const LogPath& path, std::int64_t time_us, const struct stat& is);

}  // namespace supd::ctl::logs
