#pragma once

/// Spreads the control server's work over turns of the loop: who has something to do queues here and gets
/// one bounded slice at a time, round robin. One timer that is due at once stands for the whole queue.

#include <cstddef>
#include <deque>

#include "daemon/io/loop.hpp"

namespace supd::control {

/// Somebody with work. Must take itself out of the queue before it goes.
class Runnable {
 public:
  /// One bounded slice of work. May queue itself again.
  virtual void run() noexcept = 0;
  bool queued = false;  ///< the queue's own mark

 protected:
  ~Runnable() = default;
};

class RunQueue final : io::TimerSink {
 public:
  RunQueue(io::Loop& loop, std::size_t per_turn) : loop_(loop), per_turn_(per_turn) {}
  ~RunQueue() { loop_.release(timer_); }
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  /// Once: adding again what waits already changes nothing.
  void add(Runnable& runnable);
  /// As add(), in front of everybody else.
  void add_first(Runnable& runnable);
  void remove(Runnable& runnable);

 private:
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void arm();

  io::Loop& loop_;
  std::size_t per_turn_;
  std::deque<Runnable*> waiting_;
  io::OpId timer_;
};

}  // namespace supd::control
