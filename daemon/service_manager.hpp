#pragma once

/// The service manager above supd, when there is one: it hears that supd is ready, reloads or stops, how its units do,
/// and that the loop still turns (systemd.service(5): Type=notify, WatchdogSec=, FileDescriptorStoreMax=).

#include <functional>
#include <string>

#include "daemon/io/loop.hpp"
#include "daemon/sd_daemon.hpp"

namespace supd {

class ServiceManager final : io::TimerSink {
 public:
  static constexpr Duration status_pause = 1s;  ///< between two STATUS= lines, at least

  /// `status` is asked for when a line of it is due.
  ServiceManager(io::Loop& loop, const SdDaemon& daemon, std::function<std::string()> status);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready();
  /// Follows by ready().
  void reloading();
  void stopping();
  /// What status() says may be another one now.
  void changed();
  /// After a crash of supd the next one gets this socket, and with it those who connected meanwhile.
  void keep(const std::string& name, sys::BorrowedFd socket);

 private:
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void tell_status();

  io::Loop& loop_;
  const SdDaemon& daemon_;
  std::function<std::string()> status_;
  std::string told_;
  Duration watchdog_every_{0};
  io::OpId status_timer_{}, watchdog_timer_{};
  bool changed_ = false;
  bool ready_ = false;
};

}  // namespace supd
