#pragma once

/// The one right to a control socket's path. A lock file beside it (PATH.lock, flock(2)) decides between
/// daemons that start at the same time; a socket file that nobody answers at is a leftover and goes.

#include <sys/types.h>

#include <string>
#include <utility>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::control {

class SocketClaim {
 public:
  SocketClaim() = default;
  SocketClaim(SocketClaim&& other) noexcept { *this = std::move(other); }
  SocketClaim& operator=(SocketClaim&& other) noexcept;
  ~SocketClaim() { static_cast<void>(give_up()); }

  /// Makes the directories above that are missing (0755 for root, else 0700), and listens at `path` with
  /// `mode`. Error: "another supd (pid N) holds PATH", something that is no socket is there, or a
  /// system call failed.
  [[nodiscard]] static Result<SocketClaim> take(const std::string& path, mode_t mode);

  /// A socket that was passed to us and listens already, wherever it was bound. `ours`: an earlier supd made its file,
  /// which is ours to remove; else whoever passed it keeps it. Error: it is no such socket, or another supd holds it.
  [[nodiscard]] static Result<SocketClaim> adopt(sys::UniqueFd socket, bool ours);

  /// Where it listens.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Of the socket file, if there is one and it is ours.
  void set_mode(mode_t mode) const;

  [[nodiscard]] sys::BorrowedFd socket() const { return socket_.borrow(); }

  /// Removes the files, if they are still ours, and hands out the socket: the loop may have an operation
  /// on it and then closes it (Loop::release).
  [[nodiscard]] sys::UniqueFd give_up();

 private:
  std::string path_;
  sys::UniqueFd lock_, socket_;
  dev_t device_ = 0;
  ino_t inode_ = 0;  ///< of the socket file
  bool ours_ = true;
};

}  // namespace supd::control
