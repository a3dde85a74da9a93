#pragma once

/// Unit files and supd.toml to specs: the way into `config/`. Everything that is wrong in all files is
/// reported at once; a Loaded that is not ok() must not be used for anything but its diagnostics.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/daemon_config.hpp"
#include "config/host/surroundings.hpp"
#include "config/text/diagnostic.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// Most units, and most files, in one load. One more is an error.
inline constexpr std::size_t max_units = 20'000;

struct Loaded {
  std::vector<UnitSpec> units;  ///< in the order of the files and of the lines in them
  DaemonConfig daemon;
  std::vector<std::string> files;       ///< what SourcePos::file indexes
  std::vector<Diagnostic> diagnostics;  ///< at most max_diagnostics, in the order of `files`
  std::size_t errors = 0;               ///< of all, kept or not
  std::size_t more = 0;                 ///< diagnostics that were counted but not kept

  [[nodiscard]] bool ok() const { return errors == 0; }

  /// Notes an error that somebody else found in the units, such as a cycle. Reads the file again for
  /// the offending line.
  void add_error(SourcePos where, std::string key, std::string message, std::string hint);
  /// "FILE:LINE" of a position; "" when it is nowhere.
  [[nodiscard]] std::string position_text(SourcePos where) const;
};

/// Reads files, and directories of files NAME.toml. An empty span stands for the default search path.
/// Blocks on the disk and on the name service.
[[nodiscard]] Loaded load(std::span<const std::string> paths);

/// Reads one text as if it were the file `name`, without touching the machine.
[[nodiscard]] Loaded load_text(std::string_view name, std::string_view text, Surroundings& host = nowhere());

/// /etc/supd, /run/supd/units, /usr/lib/supd/units for root, $XDG_CONFIG_HOME/supd (else ~/.config/supd) for
/// others. Of files of one name the one that is found first counts.
[[nodiscard]] std::vector<std::string> default_search_path();

}  // namespace supd::config
