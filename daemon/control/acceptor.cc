#include "daemon/control/acceptor.hpp"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <utility>

#include "daemon/control/unix_socket.hpp"

namespace supd::control {
namespace {

sys::UniqueFd open_spare() { return sys::UniqueFd(::open("/", O_PATH | O_CLOEXEC)); }

bool out_of_fds(int error) { return error == EMFILE || error == ENFILE; }

/// Errors that are the client's, not ours: the next one may do better (accept(2), "Error handling").
bool client_gone(int error) { return error == ECONNABORTED || error == EPROTO; }

}  // namespace

Acceptor::Acceptor(io::Loop& loop, const Bounds& bounds, Counters& counters, AcceptSink& sink)
    : loop_(loop), bounds_(bounds), counters_(counters), sink_(sink), spare_(open_spare()) {}

void Acceptor::start(sys::BorrowedFd listener) {
  listener_ = listener;
  wait();
}

void Acceptor::stop(sys::UniqueFd listener) {
  listener_ = {};
  loop_.release(std::exchange(timer_, {}));
  loop_.release(std::exchange(poll_, {}), std::move(listener));
}

void Acceptor::wait() { poll_ = loop_.poll(listener_, POLLIN, io::Lane::control, *this); }

void Acceptor::rest() { timer_ = loop_.timer_at(loop_.now() + bounds_.accept_pause, *this); }

void Acceptor::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled || !listener_.valid()) return;
  if (!spare_.valid()) spare_ = open_spare();
  wait();
}

void Acceptor::on_poll(io::OpId, unsigned, int error) noexcept {
  poll_ = {};
  if (error != 0) {
    ++counters_.accept_failures;
    return rest();
  }
  for (std::size_t i = 0; i < bounds_.accepts_per_turn && listener_.valid(); ++i) {
    if (!accept_one()) break;
  }
  if (listener_.valid() && !timer_) wait();
}

/// False: no more for now.
bool Acceptor::accept_one() {
  auto client = accept_client(listener_);
  if (client) {
    sink_.on_client(std::move(*client));
    return true;
  }
  int error = client.error();
  if (client_gone(error)) return true;
  if (error == EAGAIN) return false;
  if (out_of_fds(error)) {
    shed_one();
  } else {
    ++counters_.accept_failures;
  }
  rest();
  return false;
}

void Acceptor::shed_one() {
  spare_.reset();
  if (auto client = accept_client(listener_)) {
    constexpr std::string_view excuse =
        R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"supd has no free file descriptor"}})"
        "\n";
    static_cast<void>(send_now(client->borrow(), excuse));
    ++counters_.refused_no_fd;
  }
  spare_ = open_spare();
}

}  // namespace supd::control
