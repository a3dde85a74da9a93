#pragma once

/// One thing at a time that may block, off the loop: reading a configuration, asking the name service, fsync.
/// The thread is made for each and gone after it; all signals are blocked in it. What it works on is its own, or
/// shared and never changed.

#include <functional>
#include <memory>

#include "daemon/io/loop.hpp"

namespace supd::apply {

class Background final : io::PollSink {
 public:
  explicit Background(io::Loop& loop) : loop_(loop) {}
  /// Work that is under way goes on by itself, and nobody hears of its end.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Runs `work` in a thread, then `done` in a turn of the loop, then `work` is destroyed in the thread or here.
  /// Neither may throw. Not while busy(). Error: there is no fd or no thread for it; then neither is called.
  [[nodiscard]] Result<void> start(std::function<void()> work, std::function<void()> done);
  /// From start() until `done` was called.
  [[nodiscard]] bool busy() const { return job_ != nullptr; }
  /// Waits for the end of the work, `longest` at most; `done` is not called any more. False: it still runs, and
  /// the process must end without its static objects being destroyed (_exit).
  [[nodiscard]] bool finish(Duration longest);

 private:
  struct Job;

  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;

  io::Loop& loop_;
  std::shared_ptr<Job> job_;
  sys::UniqueFd ended_;  ///< the reading end of its pipe: the loop's to close
  std::function<void()> done_;
  io::OpId poll_{};
};

}  // namespace supd::apply
