#pragma once

/// Who may do what at the control socket: decided once per client, from what the kernel says about it.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::control {

/// Each role may do what the ones before it may.
enum class Role : std::uint8_t { none, read, operate, admin };

[[nodiscard]] std::string_view role_name(Role role);

/// Users and groups that have a role besides root and supd's own user, who are admin.
struct Granted {
  std::vector<uid_t> uids;
  std::vector<gid_t> gids;  ///< primary and supplementary groups count alike
};

struct Access {
  Granted read, operate, admin;
  /// Whether anybody else than root and supd's own user may connect at all.
  [[nodiscard]] bool open_to_others() const;
};

/// A client as it was when it connected.
struct Peer {
  pid_t pid = 0;  ///< for messages only
  uid_t uid = 0;
  std::vector<gid_t> gids;
  Role role = Role::none;
  [[nodiscard]] std::string text() const;  ///< "uid 1000, pid 4242"
};

/// The highest role that `access` gives. `own_uid` is supd's effective user.
[[nodiscard]] Role role_of(const Access& access, const Peer& peer, uid_t own_uid);

/// unix(7) SO_PEERCRED and SO_PEERGROUPS of a connected socket, and the role that follows.
[[nodiscard]] Result<Peer> identify(sys::BorrowedFd socket, const Access& access);

}  // namespace supd::control
