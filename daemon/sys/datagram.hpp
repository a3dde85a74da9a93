#pragma once

/// Datagram sockets that are only written to: unix(7) and UDP. Never waits.

#include <string_view>

#include "daemon/sys/fd.hpp"
#include "units/base/datagram_address.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

/// A socket that is connected to the address, non-blocking. ENOENT, ECONNREFUSED: nobody is there.
[[nodiscard]] Result<UniqueFd> connect_datagram(const DatagramAddress& address);

/// Sends one datagram; 0 or an errno value. EAGAIN: the receiver has no room; EMSGSIZE: it is too long.
[[nodiscard]] int send_datagram(BorrowedFd socket, std::string_view bytes);

/// Sends a datagram, an empty one mostly, with an fd (SCM_RIGHTS); 0 or an errno value.
[[nodiscard]] int send_fd(BorrowedFd socket, BorrowedFd fd, std::string_view bytes = {});

/// What went wrong with an earlier datagram, as a UDP peer tells it later; 0 or an errno value. Told once.
[[nodiscard]] int socket_error(BorrowedFd socket);

/// A file in memory that holds `bytes` and can't be changed any more (memfd_create(2), all seals).
[[nodiscard]] Result<UniqueFd> sealed_memory_file(const char* name, std::string_view bytes);

}  // namespace supd::sys
