#pragma once

/// What tells, without reading it, that a file is the one that was read before.

#include <cstdint>

namespace supd::config {

/// Of stat(2).
struct FileStamp {
  std::uint64_t device = 0, inode = 0, size = 0;  ///< inode 0: there is no such file
  std::int64_t modified_ns = 0, changed_ns = 0;
  bool young = false;  ///< written a moment ago: a second change in the same tick of the clock would not show

  /// Surely the same content, or surely still no file.
  [[nodiscard]] bool same_as(const FileStamp& other) const {
    if (inode == 0 || other.inode == 0) return inode == other.inode;
    return !young && !other.young && device == other.device && inode == other.inode && size == other.size &&
           modified_ns == other.modified_ns && changed_ns == other.changed_ns;
  }
};

}  // namespace supd::config
