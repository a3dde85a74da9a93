#pragma once

/// Reaps what nobody else waits for: processes whose parent died and that became ours, because we are
/// PID 1 or a subreaper (prctl(2)). Supervised children are left to their owners, as zombies.
///
/// SIGCHLD comes by a signalfd that is left unread for a moment, so that a storm of exits is one wakeup
/// and not thousands. With no orphans and no exits this never wakes up.

#include <cstdint>
#include <functional>
#include <memory>

#include "daemon/io/loop.hpp"
#include "daemon/sys/fd.hpp"
#include "daemon/sys/reap.hpp"
#include "units/base/error.hpp"

namespace supd::process {

class OrphanReaper final : private io::PollSink, private io::TimerSink {
 public:
  /// Whether a pid is somebody's child to wait for: it is not touched then. Both are called from timers.
  using IsSupervised = std::function<bool(pid_t)>;
  using OnReaped = std::function<void(const sys::Reaped&)>;

  static constexpr Duration gather_time = 20ms;  ///< from the first SIGCHLD to the look
  static constexpr Duration pinned_time = 50ms;  ///< between looks while a supervised zombie is in the way
  static constexpr int max_reaps_per_look = 256;

  /// Blocks SIGCHLD. The loop and the callbacks must outlive the reaper.
  [[nodiscard]] static Result<std::unique_ptr<OrphanReaper>> start(io::Loop& loop, IsSupervised is_supervised,
                                                                   OnReaped on_reaped = {});
  ~OrphanReaper();
  OrphanReaper(const OrphanReaper&) = delete;
  OrphanReaper& operator=(const OrphanReaper&) = delete;

  /// Looks within gather_time, as after a SIGCHLD: for those who read SIGCHLD elsewhere.
  void look_soon();

  [[nodiscard]] std::uint64_t reaped() const { return reaped_; }
  [[nodiscard]] std::uint64_t looks() const { return looks_; }

 private:
  enum class Outcome : std::uint8_t { clear, pinned, more };

  OrphanReaper(io::Loop& loop, sys::UniqueFd signals, IsSupervised is_supervised, OnReaped on_reaped);
  void on_poll(io::OpId id, unsigned revents, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void wait_for_signal();
  void look_in(Duration delay);
  Outcome look();
  Outcome look_behind_pinned();
  void reap_orphan(pid_t pid);

  io::Loop& loop_;
  sys::UniqueFd signals_;
  IsSupervised is_supervised_;
  OnReaped on_reaped_;
  io::OpId poll_, timer_;
  std::uint64_t reaped_ = 0;
  std::uint64_t looks_ = 0;
};

}  // namespace supd::process
