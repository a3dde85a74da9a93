#pragma once

/// Unix stream sockets: the system calls that the control server makes, one function each. All fds are
/// non-blocking and CLOEXEC.

#include <sys/types.h>

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::control {

/// Connects without waiting; EAGAIN means that somebody listens there and is busy. unix(7).
[[nodiscard]] Result<sys::UniqueFd> connect_unix(const std::string& path);

/// Binds and listens. The socket file has `mode` from its first moment on, whatever the umask.
[[nodiscard]] Result<sys::UniqueFd> listen_unix(const std::string& path, mode_t mode);

/// The path that a listening stream socket is bound to, which is made non-blocking. An error when it is none.
[[nodiscard]] Result<std::string> listening_path(sys::BorrowedFd socket);

/// accept4(2); the error is an errno value: EAGAIN when no client waits.
[[nodiscard]] std::expected<sys::UniqueFd, int> accept_client(sys::BorrowedFd listener);

/// Sends what fits without waiting and without SIGPIPE; the error is an errno value: EAGAIN when
/// nothing fits. send(2).
[[nodiscard]] std::expected<std::size_t, int> send_now(sys::BorrowedFd socket, std::string_view bytes);

/// The other side has closed its end for good: nobody will read any more.
[[nodiscard]] bool hung_up(sys::BorrowedFd socket);

/// Supplementary groups of the peer; empty where the kernel does not tell.
[[nodiscard]] std::vector<gid_t> peer_groups(sys::BorrowedFd socket);

}  // namespace supd::control
