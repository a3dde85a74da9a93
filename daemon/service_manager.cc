#include "daemon/service_manager.hpp"

#include <dlfcn.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

#include "daemon/log/own_log.hpp"

namespace supd {

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

void ServiceManager::ready(const std::string& status) { tell("READY=1\nSTATUS=" + status); }

void ServiceManager::stopping() { tell("STOPPING=1"); }

void ServiceManager::tell(const std::string& message) {
  if (sd_notify_ != nullptr) sd_notify_(0, message.c_str());
}

}  // namespace supd
