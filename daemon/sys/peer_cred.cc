#include "daemon/sys/peer_cred.hpp"

#include <sys/socket.h>

namespace supd::sys {

Result<PeerCred> peer_cred(BorrowedFd socket) {
  ucred cred{};
  socklen_t length = sizeof cred;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &cred, &length) != 0) return failed("getsockopt SO_PEERCRED");
  return PeerCred{cred.pid, cred.uid, cred.gid};
}

}  // namespace supd::sys
