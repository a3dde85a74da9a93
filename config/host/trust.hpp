#pragma once

/// Whether supd may obey a file. What root reads as its configuration, root executes: so nobody else may be able
/// to write it, as for sudoers(5) and crontab(5).

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

#include "units/base/error.hpp"

namespace supd::config {

/// Which files are read.
enum class Trust : std::uint8_t {
  by_owner,  ///< as root: only what root alone can write; as another user: everything
  all,
};

/// Why `path` is not to be obeyed by root; nothing when it is. A directory with the sticky bit counts as safe: others
/// can add to it but not replace what is root's.
[[nodiscard]] std::optional<Error> distrust(const std::string& path, const struct stat& info);

/// The same for the user that this process is.
[[nodiscard]] std::optional<Error> distrust(const std::string& path, const struct stat& info, Trust trust);

/// What to do about a file that could not be read.
[[nodiscard]] std::string read_hint(const Error& error);

}  // namespace supd::config
