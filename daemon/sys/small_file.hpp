#pragma once

/// Whole small files of /proc and cgroupfs in one call. Not for user-controlled paths: may block.

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// Relative paths are resolved from the working directory.
inline constexpr BorrowedFd working_directory{-100};  // AT_FDCWD

/// Reads at most `limit` bytes; more than that is an error EFBIG, never a silently cut text.
[[nodiscard]] Result<std::string> read_small_file(BorrowedFd directory, const char* path, std::size_t limit);

/// Opens an existing file, writes `text` with one write(2) and closes it.
[[nodiscard]] Result<void> write_small_file(BorrowedFd directory, const char* path, std::string_view text);

}  // namespace supd::sys
