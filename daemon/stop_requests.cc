#include "daemon/stop_requests.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "daemon/log/own_log.hpp"

namespace supd {
namespace {

constexpr std::array watched{SIGTERM, SIGINT, SIGHUP, SIGUSR1};

}  // namespace

StopRequests::StopRequests(io::Loop& loop, StopListener& listener) : loop_(loop), listener_(listener) {
  auto fd = sys::open_signal_fd(watched);
  if (!fd) {
    log::error(fd.error().text() + ": signals can't stop supd");
    return;
  }
  fd_ = std::move(*fd);
  poll_ = loop_.poll(fd_.borrow(), POLLIN, io::Lane::control, *this);
}

StopRequests::~StopRequests() { loop_.release(poll_, std::move(fd_)); }

void StopRequests::on_poll(io::OpId, unsigned, int error) noexcept {
  poll_ = {};
  if (error == ECANCELED) return;
  while (auto pending = sys::read_signal(fd_.borrow())) take(*pending);
  poll_ = loop_.poll(fd_.borrow(), POLLIN, io::Lane::control, *this);
}

void StopRequests::take(const sys::PendingSignal& pending) {
  if (pending.number == SIGHUP) {
    listener_.on_reload_request();
    return;
  }
  if (pending.number == SIGUSR1) {
    listener_.on_reopen_request();
    return;
  }
  listener_.on_stop_request({pending.number, seen_++ > 0});
}

}  // namespace supd
