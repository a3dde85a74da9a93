#pragma once

/// The service manager above supd, when there is one: tells it, through systemd's sd-daemon, that supd
/// is ready or stops (sd_notify(3)). libsystemd is loaded only where NOTIFY_SOCKET asks for it, so that
/// nobody else pays for it.

#include <string>

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

  void* library_ = nullptr;
  int (*sd_notify_)(int, const char*) = nullptr;
};

}  // namespace supd
