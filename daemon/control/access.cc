#include "daemon/control/access.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "daemon/control/unix_socket.hpp"
#include "daemon/sys/peer_cred.hpp"

namespace supd::control {
namespace {

bool names(const Granted& granted, const Peer& peer) {
  if (std::ranges::find(granted.uids, peer.uid) != granted.uids.end()) return true;
  auto listed = [&](gid_t gid) { return std::ranges::find(granted.gids, gid) != granted.gids.end(); };
  return std::ranges::any_of(peer.gids, listed);
}

bool any(const Granted& granted) { return !granted.uids.empty() || !granted.gids.empty(); }

}  // namespace

std::string_view role_name(Role role) {
  static constexpr std::array<std::string_view, 4> role_names{"none", "read", "operate", "admin"};
  return role_names[static_cast<std::size_t>(role)];
}

bool Access::open_to_others() const { return any(read) || any(operate) || any(admin); }

std::string Peer::text() const { return "uid " + std::to_string(uid) + ", pid " + std::to_string(pid); }

Role role_of(const Access& access, const Peer& peer, uid_t own_uid) {
  if (peer.uid == 0 || peer.uid == own_uid || names(access.admin, peer)) return Role::admin;
  if (names(access.operate, peer)) return Role::operate;
  return names(access.read, peer) ? Role::read : Role::none;
}

Result<Peer> identify(sys::BorrowedFd socket, const Access& access) {
  auto cred = sys::peer_cred(socket);
  if (!cred) return std::unexpected(cred.error());
  Peer peer{cred->pid, cred->uid, peer_groups(socket), Role::none};
  peer.gids.push_back(cred->gid);
  peer.role = role_of(access, peer, ::geteuid());
  return peer;
}

}  // namespace supd::control
