#pragma once

/// Where supd keeps things when nobody says otherwise: one place, for root and for users.

#include <string>

namespace supd {

/// /run/supd for root; $XDG_RUNTIME_DIR/supd, else /tmp/supd-UID, for others.
[[nodiscard]] std::string default_runtime_dir();
/// /var/log/supd for root; $XDG_STATE_HOME/supd/log, else ~/.local/state/supd/log, for others.
[[nodiscard]] std::string default_log_dir();

/// /var/lib/supd for root; $XDG_STATE_HOME/supd, else ~/.local/state/supd, for others; "" without a home.
[[nodiscard]] std::string default_state_dir();

}  // namespace supd
