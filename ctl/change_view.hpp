#pragma once

/// What a change of the configuration does, for people.
///
///   web: restart
///     env.PORT  "80" → "8080"  /etc/supd/web.toml:7
///   worker: restart, binds web, which restarts
///   supd
///     daemon.log_level  "info" → "debug"
///   2 restarts, 48 unchanged

#include <string>

#include "ctl/proto/messages.hpp"
#include "ctl/text/terminal.hpp"

namespace supd::ctl {

/// Whether nothing differs.
[[nodiscard]] bool is_empty(const proto::ChangeReport& report);

/// One block per unit, then the settings.
void append_changes(std::string& out, const proto::ChangeReport& report, bool colored);

}  // namespace supd::ctl
