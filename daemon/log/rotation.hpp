#pragma once

/// The rules of rotation and retention. Pure: no clock, no file.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/log/format/rotated_name.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

/// Within a line no file is ever closed, but for one that is longer than this: it may have no end.
inline constexpr std::uint64_t longest_line = 16 * 1024 * 1024;

/// What is to be done with lines that wait for a file.
struct Cut {
  bool rotate = false;    ///< begin another file first
  std::size_t bytes = 0;  ///< so many of them go into it; never 0 when any wait
  bool operator==(const Cut&) const = default;
};

/// A file of `size` bytes that is begun anew when it would grow beyond `max_size` (0: never), and `pending`
/// lines for it. Files are cut between lines; a line that is longer than the limit is a file of its own.
/// `mid_line`: the file ends within a line whose rest stands first in `pending`.
[[nodiscard]] Cut next_cut(std::string_view pending, std::uint64_t size, bool mid_line, std::uint64_t max_size);

/// A closed file that is there.
struct RotatedFile {
  RotatedName name;
  std::uint64_t bytes = 0;
};

/// Which of `files` have to go. `unfinished` ones are not for this; a plain file whose compressed copy is
/// there goes. Names from the future stay until there are too many.
[[nodiscard]] std::vector<RotatedName> to_remove(std::vector<RotatedFile> files, const RotationSpec& rules,
                                                 std::int64_t now_us);

/// Which of `files` are plain, are not `doomed`, and are to be compressed; the oldest first.
[[nodiscard]] std::vector<RotatedName> to_compress(const std::vector<RotatedFile>& files,
                                                   const std::vector<RotatedName>& doomed, const RotationSpec& rules);

}  // namespace supd::log
