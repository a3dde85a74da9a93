#include "daemon/sd_daemon.hpp"

#include <dlfcn.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <utility>

namespace supd {
namespace {

constexpr const char* file = "libsystemd.so.0";

bool somebody_asks() {
  for (const char* variable : {"NOTIFY_SOCKET", "LISTEN_PID", "WATCHDOG_USEC"}) {
    if (std::getenv(variable) != nullptr) return true;
  }
  return false;
}

}  // namespace

template <class Function>
void SdDaemon::find(Function*& function, const char* name) {
  if (library_ != nullptr) function = reinterpret_cast<Function*>(::dlsym(library_, name));
}

SdDaemon::SdDaemon() {
  if (!somebody_asks()) return;
  library_ = ::dlopen(file, RTLD_LAZY | RTLD_LOCAL);
  if (library_ == nullptr) {
    problem_ = std::string("supd was started by a service manager, but ") + file +
               " can't be loaded: it is told nothing, and what it passed is not used";
    return;
  }
  if (std::getenv("NOTIFY_SOCKET") != nullptr) {
    find(notify_, "sd_notify");
    find(notify_fds_, "sd_pid_notify_with_fds");
  }
  find(watchdog_, "sd_watchdog_enabled");
  find(listen_fds_, "sd_listen_fds_with_names");
}

SdDaemon::~SdDaemon() {
  if (library_ != nullptr) ::dlclose(library_);
}

void SdDaemon::notify(const std::string& state) const {
  if (notify_ != nullptr) notify_(0, state.c_str());
}

void SdDaemon::notify_with_fd(const std::string& state, sys::BorrowedFd fd) const {
  int number = fd.get();
  if (notify_fds_ != nullptr) notify_fds_(0, 0, state.c_str(), &number, 1);
}

std::optional<Duration> SdDaemon::watchdog() const {
  std::uint64_t microseconds = 0;
  if (watchdog_ == nullptr || watchdog_(0, &microseconds) <= 0 || microseconds == 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
}

std::vector<SdDaemon::PassedFd> SdDaemon::take_fds() const {
  std::vector<PassedFd> passed;
  char** names = nullptr;
  int count = listen_fds_ != nullptr ? listen_fds_(0, &names) : 0;
  for (int i = 0; i < count; ++i) {
    passed.push_back(
        {names != nullptr && names[i] != nullptr ? names[i] : "unknown", sys::UniqueFd(SD_LISTEN_FDS_START + i)});
  }
  for (char** name = names; name != nullptr && *name != nullptr; ++name) std::free(*name);
  std::free(names);
  return passed;
}

}  // namespace supd
