#pragma once

/// The one list of keys: reading, the check for unknown keys, "did you mean", `effective()` and the
/// documentation are all made from it.

#include <span>
#include <string>
#include <string_view>

#include "config/daemon_config.hpp"
#include "config/keys/field.hpp"
#include "units/spec.hpp"

namespace supd::config {

/// A key that fills a part of a Target. Its default is what `show` says of a fresh Target.
template <class Target>
struct Key {
  KeyInfo info;
  void (*read)(const Field& field, Target& target) = nullptr;  ///< nullptr: known, not built yet
  std::string (*show)(const Target& target) = nullptr;         ///< as TOML; "" when nothing is set
  bool needs_process = false;                                  ///< not for targets

  [[nodiscard]] bool built() const { return read != nullptr; }
};

/// The keys of a unit file, in the order of the documentation.
[[nodiscard]] std::span<const Key<UnitSpec>> unit_keys();

/// The keys of supd.toml.
[[nodiscard]] std::span<const Key<DaemonConfig>> daemon_keys();

}  // namespace supd::config
