#pragma once

/// What supd.toml says about supd itself. The command line beats it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "units/base/time.hpp"

namespace supd::config {

/// Who has a role on the control socket: users, and groups that are written "@GROUP".
struct RoleList {
  std::vector<std::string> names;  ///< as written
  std::vector<std::uint32_t> uids;
  std::vector<std::uint32_t> gids;
  bool operator==(const RoleList&) const = default;
};

struct DaemonConfig {
  std::string engine = "auto";               ///< auto | uring | epoll
  std::string runtime_dir;                   ///< empty: the built-in default
  std::string log_dir;                       ///< empty: the built-in default
  std::string state_dir;                     ///< empty: the built-in default
  std::optional<Duration> shutdown_timeout;  ///< none: as long as the stop sequences take
  std::string log_level = "info";            ///< error | warn | info | debug
  std::string socket;                        ///< empty: RUNTIME_DIR/control.sock
  RoleList read, operate, admin;             ///< besides root and supd's own user, who may do everything
  bool operator==(const DaemonConfig&) const = default;
};

}  // namespace supd::config
