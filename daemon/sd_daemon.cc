#include "daemon/sd_daemon.hpp"

#include <dlfcn.h>
#include <systemd/sd-daemon.h>

#include <cstdlib>

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

struct SdDaemon::Means {
  explicit Means(void* loaded) : library(loaded) {
    if (std::getenv("NOTIFY_SOCKET") != nullptr) {
      find(notify, "sd_notify");
      find(notify_fds, "sd_pid_notify_with_fds");
    }
    find(watchdog, "sd_watchdog_enabled");
    find(listen_fds, "sd_listen_fds_with_names");
  }
  ~Means() { ::dlclose(library); }
  Means(const Means&) = delete;
  Means& operator=(const Means&) = delete;

  template <class Function>
  void find(Function*& function, const char* name) const {
    function = reinterpret_cast<Function*>(::dlsym(library, name));
  }

  void* library;
  int (*notify)(int, const char*) = nullptr;
  int (*notify_fds)(pid_t, int, const char*, const int*, unsigned) = nullptr;
  int (*watchdog)(int, std::uint64_t*) = nullptr;
  int (*listen_fds)(int, char***) = nullptr;
};

SdDaemon::SdDaemon() {
  if (!somebody_asks()) return;
  if (void* library = ::dlopen(file, RTLD_LAZY | RTLD_LOCAL)) {
    means_ = std::make_unique<Means>(library);
  } else {
    problem_ = std::string("supd was started by a service manager, but ") + file +
               " can't be loaded: it is told nothing, and what it passed is not used";
  }
}

SdDaemon::~SdDaemon() = default;

bool SdDaemon::notifies() const { return means_ && means_->notify != nullptr; }

void SdDaemon::notify(const std::string& state) const {
  if (notifies()) means_->notify(0, state.c_str());
}

void SdDaemon::notify_with_fd(const std::string& state, sys::BorrowedFd fd) const {
  int number = fd.get();
  if (notifies() && means_->notify_fds != nullptr) means_->notify_fds(0, 0, state.c_str(), &number, 1);
}

std::optional<Duration> SdDaemon::watchdog() const {
  std::uint64_t microseconds = 0;
  bool asked = means_ && means_->watchdog != nullptr && means_->watchdog(0, &microseconds) > 0;
  if (!asked || microseconds == 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
}

std::vector<SdDaemon::PassedFd> SdDaemon::take_fds() const {
  std::vector<PassedFd> passed;
  char** names = nullptr;
  int count = means_ && means_->listen_fds != nullptr ? means_->listen_fds(0, &names) : 0;
  for (int i = 0; i < count; ++i) {
    passed.push_back(
        {names != nullptr && names[i] != nullptr ? names[i] : "unknown", sys::UniqueFd(SD_LISTEN_FDS_START + i)});
  }
  for (char** name = names; name != nullptr && *name != nullptr; ++name) std::free(*name);
  std::free(names);
  return passed;
}

}  // namespace supd
