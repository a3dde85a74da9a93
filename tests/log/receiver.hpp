#pragma once

/// Who gets datagrams in tests: a real socket, read when the test says so.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/datagram_address.hpp"

namespace supd::log {

class Receiver {
 public:
  /// Listens at that path, which is taken away first.
  explicit Receiver(const std::string& path) : address_(unix_address(path)) {
    ::unlink(path.c_str());
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path.data(), path.size());
    open(AF_UNIX, &at, sizeof(at));
  }
  /// Listens on the loopback at that port, or at any that is free.
  explicit Receiver(DatagramAddress::Family family, std::uint16_t port = 0) {
    if (family == DatagramAddress::Family::ipv4) {
      sockaddr_in at{};
      at.sin_family = AF_INET;
      at.sin_port = htons(port);
      at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      open(AF_INET, &at, sizeof(at));
      socklen_t size = sizeof(at);
      ::getsockname(fd_.get(), static_cast<sockaddr*>(static_cast<void*>(&at)), &size);
      address_ = {family, "127.0.0.1", ntohs(at.sin_port)};
    } else {
      sockaddr_in6 at{};
      at.sin6_family = AF_INET6;
      at.sin6_port = htons(port);
      at.sin6_addr = in6addr_loopback;
      open(AF_INET6, &at, sizeof(at));
      socklen_t size = sizeof(at);
      ::getsockname(fd_.get(), static_cast<sockaddr*>(static_cast<void*>(&at)), &size);
      address_ = {family, "::1", ntohs(at.sin6_port)};
    }
  }

  /// False: there is no such family here.
  [[nodiscard]] bool listens() const { return listens_; }
  [[nodiscard]] const DatagramAddress& address() const { return address_; }

  [[nodiscard]] sys::BorrowedFd fd() const { return fd_.borrow(); }

  /// All that has come; of one that brought a file, what is in it. Does not wait.
  std::vector<std::string> take() {
    std::vector<std::string> out;
    std::string buffer(256 * 1024, '\0');
    for (;;) {
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
      iovec part{buffer.data(), buffer.size()};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = control;
      message.msg_controllen = sizeof(control);
      ssize_t count = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (count < 0) return out;
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      if (header == nullptr) {
        out.push_back(buffer.substr(0, static_cast<std::size_t>(count)));
        continue;
      }
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header), sizeof(number));
      out.push_back(content(sys::UniqueFd(number)));
      ++files;
    }
  }

  /// Records that came as files.
  int files = 0;
  /// ... and the seals of the last one (F_GET_SEALS).
  int seals = 0;

 private:
  void open(int family, const void* at, socklen_t size) {
    fd_.reset(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    listens_ = fd_.valid() && ::bind(fd_.get(), static_cast<const sockaddr*>(at), size) == 0;
  }
  std::string content(sys::UniqueFd file);

  DatagramAddress address_;
  sys::UniqueFd fd_;
  bool listens_ = false;
};

}  // namespace supd::log
