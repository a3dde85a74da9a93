#pragma once

/// Takes clients from a listening socket. Without free fds (EMFILE, ENFILE) it never spins: a spare fd
/// is given up to take one client off the queue and close it, and accepting rests for a moment.

#include "daemon/control/bounds.hpp"
#include "daemon/control/counters.hpp"
#include "daemon/io/loop.hpp"

namespace supd::control {

struct AcceptSink {
  virtual void on_client(sys::UniqueFd socket) noexcept = 0;

 protected:
  ~AcceptSink() = default;
};

class Acceptor final : io::PollSink, io::TimerSink {
 public:
  /// All references must outlive this.
  Acceptor(io::Loop& loop, const Bounds& bounds, Counters& counters, AcceptSink& sink);
  ~Acceptor() { stop({}); }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// `listener` must stay open until stop().
  void start(sys::BorrowedFd listener);
  /// `listener` is closed when the loop has let go of it.
  void stop(sys::UniqueFd listener);

 private:
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void wait();
  void rest();
  bool accept_one();
  void shed_one();

  io::Loop& loop_;
  const Bounds& bounds_;
  Counters& counters_;
  AcceptSink& sink_;
  sys::BorrowedFd listener_;
  sys::UniqueFd spare_;
  io::OpId poll_, timer_;
};

}  // namespace supd::control
