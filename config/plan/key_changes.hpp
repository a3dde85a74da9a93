#pragma once

/// One unit, or the settings, before and after: key by key.

#include <vector>

#include "config/plan/plan.hpp"

namespace supd::config {

/// Every key that differs, in the order of the documentation; `loaded` is the configuration that `after` belongs to.
/// Never empty for units that differ: what no key shows, such as the id behind a user's name, is told as well.
[[nodiscard]] std::vector<KeyChange> key_changes(const Unit& before, const Unit& after, const Loaded& loaded);

[[nodiscard]] std::vector<SettingChange> setting_changes(const DaemonConfig& before, const DaemonConfig& after);

}  // namespace supd::config
