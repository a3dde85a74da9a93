#include "daemon/service_manager.hpp"

#if !SUPD_STATIC
#include <dlfcn.h>
#include <systemd/sd-daemon.h>
#endif

#include <cstdlib>

#include "daemon/log/own_log.hpp"
#include "daemon/sys/datagram.hpp"

namespace supd {

#if SUPD_STATIC

ServiceManager::ServiceManager() {
  const char* text = std::getenv("NOTIFY_SOCKET");
  if (text == nullptr) return;
  std::string path(text);
  if (path.starts_with('@')) path.front() = '\0';  // the abstract namespace of unix(7)
  auto socket = sys::connect_datagram(unix_address(path));
  if (socket) {
    socket_ = std::move(*socket);
  } else {
    log::warn("NOTIFY_SOCKET: " + socket.error().text() + ": the service manager is told nothing");
  }
}

ServiceManager::~ServiceManager() = default;

void ServiceManager::tell(const std::string& message) {
  if (socket_.valid()) static_cast<void>(sys::send_datagram(socket_.borrow(), message));
}

#else

ServiceManager::ServiceManager() {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
  library_ = ::dlopen("libsystemd.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (library_ != nullptr) {
    sd_notify_ = reinterpret_cast<decltype(&::sd_notify)>(::dlsym(library_, "sd_notify"));
  }
  if (sd_notify_ == nullptr) {
    log::warn("NOTIFY_SOCKET is set, but libsystemd.so.0 can't be loaded: the service manager is told nothing");
  }
}

ServiceManager::~ServiceManager() {
  if (library_ != nullptr) ::dlclose(library_);
}

void ServiceManager::tell(const std::string& message) {
  if (sd_notify_ != nullptr) sd_notify_(0, message.c_str());
}

#endif

void ServiceManager::ready(const std::string& status) { tell("READY=1\nSTATUS=" + status); }

void ServiceManager::stopping() { tell("STOPPING=1"); }

}  // namespace supd
