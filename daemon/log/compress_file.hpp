#pragma once

/// Turns a closed log file into a compressed one. For a process of its own: it blocks, and the libraries
/// are loaded here, when they are needed, so that supd itself carries none of them.

#include <string>
#include <string_view>

#include "units/base/error.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

/// Writes the compressed copy beside the file (NAME.gz.tmp), brings it to the disk, gives it its name
/// (NAME.gz) and only then removes the file. The copy has the file's mode, owner and times. ELIBACC: the
/// library can't be loaded.
[[nodiscard]] Result<void> compress_file(Compression format, const std::string& path);

/// All that a child with this one task does; returns its exit code: 0, or the errno value of what failed. It is the
/// last that gets the CPU and the disk, and it ends with its parent. `task` is
/// a format as a word of unit files.
[[nodiscard]] int compress_child(const std::string& task, const std::string& path);

}  // namespace supd::log
