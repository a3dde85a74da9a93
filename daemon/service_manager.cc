#include "daemon/service_manager.hpp"

#include <utility>

#include "daemon/log/own_log.hpp"

namespace supd {

ServiceManager::ServiceManager(io::Loop& loop, const SdDaemon& daemon, std::function<std::string()> status)
    : loop_(loop), daemon_(daemon), status_(std::move(status)) {
  if (!daemon_.problem().empty()) log::warn(daemon_.problem());
  auto watchdog = daemon_.watchdog();
  if (!watchdog || !daemon_.notifies()) return;
  watchdog_every_ = *watchdog / 2;  // as sd_watchdog_enabled(3) advises
  watchdog_timer_ = loop_.timer_at(loop_.now() + watchdog_every_, *this);
}

ServiceManager::~ServiceManager() {
  loop_.release(status_timer_);
  loop_.release(watchdog_timer_);
}

void ServiceManager::ready() {
  if (!daemon_.notifies()) return;
  ready_ = true;
  told_ = status_();
  daemon_.notify("READY=1\nSTATUS=" + told_);
}

/// The time tells this reload from others (sd_notify(3)).
void ServiceManager::reloading() {
  if (!daemon_.notifies()) return;
  auto now = std::chrono::duration_cast<std::chrono::microseconds>(loop_.now().since_boot).count();
  daemon_.notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now));
}

void ServiceManager::stopping() {
  ready_ = false;
  daemon_.notify("STOPPING=1\nSTATUS=stopping everything");
}

void ServiceManager::changed() {
  if (!ready_) return;
  changed_ = true;
  if (!status_timer_) status_timer_ = loop_.timer_at(loop_.now() + status_pause, *this);
}

void ServiceManager::keep(const std::string& name, sys::BorrowedFd socket) {
  daemon_.notify_with_fd("FDSTORE=1\nFDNAME=" + name, socket);
}

void ServiceManager::on_timer(io::OpId id, bool canceled) noexcept {
  if (id == watchdog_timer_) {
    watchdog_timer_ = {};
    if (canceled) return;
    daemon_.notify("WATCHDOG=1");
    watchdog_timer_ = loop_.timer_at(loop_.now() + watchdog_every_, *this);
    return;
  }
  status_timer_ = {};
  if (!canceled && std::exchange(changed_, false) && ready_) tell_status();
}

void ServiceManager::tell_status() {
  std::string status = status_();
  if (status == told_) return;
  daemon_.notify("STATUS=" + status);
  told_ = std::move(status);
}

}  // namespace supd
