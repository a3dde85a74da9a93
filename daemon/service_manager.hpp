#pragma once

/// The service manager above supd, when there is one: tells it, through systemd's sd-daemon, that supd
/// is ready or stops (sd_notify(3)). libsystemd is loaded only where NOTIFY_SOCKET asks for it, so that
/// nobody else pays for it; a static supd, which can't load it, sends the datagrams itself.

#include <string>

#include "daemon/sys/fd.hpp"

namespace supd {

class ServiceManager {
 public:
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready(const std::string& status);
  void stopping();

 private:
  void tell(const std::string& message);

#if SUPD_STATIC
  sys::UniqueFd socket_;
#else
  void* library_ = nullptr;
  int (*sd_notify_)(int, const char*) = nullptr;
#endif
};

}  // namespace supd
