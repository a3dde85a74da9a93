#pragma once

/// unix(7) SO_PEERCRED: who connected, as the kernel knows it.

#include <sys/types.h>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

struct PeerCred {
  pid_t pid = 0;  ///< for messages only: it may be reused by now
  uid_t uid = 0;
  gid_t gid = 0;
};

[[nodiscard]] Result<PeerCred> peer_cred(BorrowedFd socket);

}  // namespace supd::sys
