#include "daemon/control/unix_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace supd::control {
namespace {

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

constexpr int backlog = 1024;

struct Address {
  sockaddr_un where{};
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&where); }
};

Result<Address> address_of(const std::string& path) {
  Address address;
  constexpr std::size_t longest = sizeof address.where.sun_path - 1;
  if (path.empty() || path.size() > longest) {
    std::string detail = "a socket's path has 1 to " + std::to_string(longest) + " bytes";
    return std::unexpected(Error{"use", path, ENAMETOOLONG, std::move(detail)});
  }
  address.where.sun_family = AF_UNIX;
  std::memcpy(address.where.sun_path, path.data(), path.size());
  return address;
}

sys::UniqueFd stream_socket() {
  return sys::UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

Result<sys::UniqueFd> connect_unix(const std::string& path) {
  auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  sys::UniqueFd fd = stream_socket();
  if (!fd.valid()) return failed("socket");
  if (::connect(fd.get(), address->get(), sizeof address->where) != 0) return failed("connect", path);
  return fd;
}

Result<sys::UniqueFd> listen_unix(const std::string& path, mode_t mode) {
  auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  sys::UniqueFd fd = stream_socket();
  if (!fd.valid()) return failed("socket");
  // bind(2) gives the file the socket's own mode less the umask: never more than asked for, at no time.
  if (::fchmod(fd.get(), mode) != 0) return failed("fchmod", path);
  if (::bind(fd.get(), address->get(), sizeof address->where) != 0) return failed("bind", path);
  if (::chmod(path.c_str(), mode) != 0 || ::listen(fd.get(), backlog) != 0) {
    Error error = errno_error("listen", path);
    ::unlink(path.c_str());
    return std::unexpected(std::move(error));
  }
  return fd;
}

Result<std::string> listening_path(sys::BorrowedFd socket) {
  auto is_none =
      std::unexpected(Error{"use", "the socket that was passed", 0, "it is no listening unix socket with a path"});
  int listens = 0;
  socklen_t length = sizeof listens;
  bool asked = ::getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0;
  if (!asked || listens == 0) return is_none;
  Address address;
  socklen_t size = sizeof address.where;
  auto* where = reinterpret_cast<sockaddr*>(&address.where);
  if (::getsockname(socket.get(), where, &size) != 0) return failed("getsockname");
  if (address.where.sun_family != AF_UNIX || address.where.sun_path[0] == '\0') return is_none;
  int flags = ::fcntl(socket.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0) return failed("fcntl");
  return std::string(address.where.sun_path, ::strnlen(address.where.sun_path, sizeof address.where.sun_path));
}

std::expected<sys::UniqueFd, int> accept_client(sys::BorrowedFd listener) {
  int fd = -1;
  do {
    fd = ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return std::unexpected(errno);
  return sys::UniqueFd(fd);
}

std::expected<std::size_t, int> send_now(sys::BorrowedFd socket, std::string_view bytes) {
  ssize_t sent = -1;
  do {
    sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return std::unexpected(errno);
  return static_cast<std::size_t>(sent);
}

bool hung_up(sys::BorrowedFd socket) {
  pollfd state{socket.get(), 0, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

std::vector<gid_t> peer_groups(sys::BorrowedFd socket) {
  std::vector<gid_t> groups(64);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    bool known = ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0;
    if (!known && errno != ERANGE) return {};
    groups.resize(length / sizeof(gid_t));  // on ERANGE: as many as there are
    if (known) return groups;
  }
  return {};
}

}  // namespace supd::control
