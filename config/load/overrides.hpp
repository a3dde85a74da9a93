#pragma once

/// What people said with `supctl enable`, `disable`, `mask` and `scale`: it beats the unit files, and is kept
/// in one file of the state directory, which supd alone writes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "units/base/error.hpp"

namespace supd::config {

struct Override {
  std::optional<bool> enabled;
  bool masked = false;
  std::optional<std::uint32_t> replicas;
  [[nodiscard]] bool empty() const { return !enabled && !masked && !replicas; }
  bool operator==(const Override&) const = default;
};

struct Overrides {
  std::string file;  ///< where they are kept; empty: in memory only
  std::map<std::string, Override, std::less<>> units;
  bool operator==(const Overrides&) const = default;
};

/// The text of the file: TOML, one table per unit.
[[nodiscard]] std::string overrides_text(const Overrides& overrides);

/// Replaces the file at once or not at all: written beside it, flushed, renamed. Makes its directory. Blocks on
/// the disk.
[[nodiscard]] Result<void> save_overrides(const Overrides& overrides);

}  // namespace supd::config
