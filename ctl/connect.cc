/// Client::connect: finding the daemon, and saying what to do when it is not there.

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ctl/client.hpp"

namespace supd::ctl {
namespace {

/// Who owns what stands in the way, as far as stat(2) tells: "uid 0 owns it".
std::string who_may(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "root, and the user who runs supd, may use it";
  return "its owner (uid " + std::to_string(info.st_uid) + ") and root may use it; you are uid " +
         std::to_string(::geteuid());
}

std::string advice_for(int error) {
  switch (error) {
    case ENOENT: return "is supd running? Start it, or name its socket with --socket PATH or SUPD_SOCKET";
    case ECONNREFUSED: return "is supd running? The socket is there, but nobody listens on it any more";
    case EAGAIN: return "supd is there, but does not take connections; is it stopped or overloaded?";
    case ENOTSOCK:
    case EPROTOTYPE: return "that is not supd's control socket; name it with --socket PATH or SUPD_SOCKET";
    default: return "is supd running? Its socket is named with --socket PATH or SUPD_SOCKET";
  }
}

Failure unreachable(const std::string& path, int error) {
  std::string text = errno_error("connect", path, error).text();
  if (error == EACCES || error == EPERM) {
    return {Outcome::not_permitted, text, who_may(path) + ", and whom [control] of supd.toml lists"};
  }
  return {Outcome::unreachable, text, advice_for(error)};
}

}  // namespace

Try<Client> Client::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    std::string limit = std::to_string(sizeof address.sun_path - 1);
    return std::unexpected(Failure{Outcome::usage, path + ": longer than the " + limit + " bytes of a socket's path"});
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  sys::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return std::unexpected(Failure{Outcome::failed, errno_error("socket").text()});
  // A full backlog makes connect(2) wait; this bounds the wait (unix(7)).
  timeval patience{std::chrono::duration_cast<std::chrono::seconds>(answer_time).count(), 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  while (::connect(socket.get(), raw, sizeof address) != 0) {
    if (errno != EINTR) return std::unexpected(unreachable(path, errno));
  }
  return Client(std::move(socket), path);
}

}  // namespace supd::ctl
