#include "daemon/sys/datagram.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

namespace supd::sys {
namespace {

using Family = DatagramAddress::Family;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

/// length 0: it is no address.
SocketAddress kernel_address(const DatagramAddress& address) {
  SocketAddress out;
  if (address.family == Family::unix_path) {
    sockaddr_un to{};
    if (address.host.size() >= sizeof(to.sun_path)) return out;
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address.host.data(), address.host.size());
    bool abstract = address.host.starts_with('\0');  // a name that is no file's ends where its length says
    out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.host.size() + (abstract ? 0 : 1));
    std::memcpy(&out.storage, &to, sizeof(to));
  } else if (address.family == Family::ipv4) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    if (::inet_pton(AF_INET, address.host.c_str(), &to.sin_addr) != 1) return out;
    out.length = sizeof(to);
    std::memcpy(&out.storage, &to, sizeof(to));
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(address.port);
    if (::inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr) != 1) return out;
    out.length = sizeof(to);
    std::memcpy(&out.storage, &to, sizeof(to));
  }
  return out;
}

std::string address_text(const DatagramAddress& address) {
  if (address.family == Family::unix_path) return address.host;
  std::string host = address.family == Family::ipv6 ? "[" + address.host + "]" : address.host;
  return "udp:" + host + ":" + std::to_string(address.port);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

template <class Call>
int errno_of(Call call) {
  for (;;) {
    if (call() >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

}  // namespace

Result<UniqueFd> connect_datagram(const DatagramAddress& address) {
  std::string text = address_text(address);
  SocketAddress to = kernel_address(address);
  if (to.length == 0) return std::unexpected(errno_error("connect to", text, EINVAL));
  UniqueFd fd(::socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return failed("make a socket for", text);
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&to.storage));
  if (::connect(fd.get(), name, to.length) != 0) return failed("connect to", text);
  return fd;
}

int send_datagram(BorrowedFd socket, std::string_view bytes) {
  return errno_of([&] { return ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT); });
}

int send_fd(BorrowedFd socket, BorrowedFd fd, std::string_view bytes) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  message.msg_iov = &part;
  message.msg_iovlen = bytes.empty() ? 0 : 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  int number = fd.get();
  std::memcpy(CMSG_DATA(header), &number, sizeof(number));
  return errno_of([&] { return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
}

int socket_error(BorrowedFd socket) {
  int error = 0;
  socklen_t length = sizeof(error);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

Result<UniqueFd> sealed_memory_file(const char* name, std::string_view bytes) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd.valid()) return failed("make a file in memory");
  if (!write_all(fd.get(), bytes)) return failed("write a file in memory");
  int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (::fcntl(fd.get(), F_ADD_SEALS, seals) != 0) return failed("seal a file in memory");
  return fd;
}

}  // namespace supd::sys
