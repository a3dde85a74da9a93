#pragma once

/// systemd's sd-daemon(3), as far as supd uses it. libsystemd is loaded only where the environment says that a service
/// manager is there, so that nobody else pays for it (sd_daemon.cc). A static supd can't load it and does the same
/// itself (sd_daemon_static.cc).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sys/fd.hpp"
#include "units/base/time.hpp"

namespace supd {

class SdDaemon {
 public:
  struct PassedFd {
    std::string name;  ///< FileDescriptorName=, or the name it was stored under; "unknown" without
    sys::UniqueFd fd;  ///< CLOEXEC
  };

  /// Loads the library if any of NOTIFY_SOCKET, LISTEN_PID and WATCHDOG_USEC is set.
  SdDaemon();
  ~SdDaemon();
  SdDaemon(const SdDaemon&) = delete;
  SdDaemon& operator=(const SdDaemon&) = delete;

  /// Why nothing can be told although somebody wants to hear it; "" when that is not so.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  [[nodiscard]] bool notifies() const;
  /// sd_notify(3). Lost where the manager takes no more: it never waits.
  void notify(const std::string& state) const;
  /// sd_pid_notify_with_fds(3).
  void notify_with_fd(const std::string& state, sys::BorrowedFd fd) const;

  /// sd_watchdog_enabled(3): how often the manager wants to hear from us, at least.
  [[nodiscard]] std::optional<Duration> watchdog() const;

  /// sd_listen_fds_with_names(3). Once: then they are the caller's.
  [[nodiscard]] std::vector<PassedFd> take_fds() const;

 private:
  struct Means;
  std::string problem_;
  std::unique_ptr<Means> means_;  ///< nullptr: nobody asks
};

}  // namespace supd
