#pragma once

/// The time that an ending may take: from the moment when everything is told to stop until nothing is left, or until
/// nothing more can be done. SIGKILL does not end everything: a process that waits for a dead server or disk does not
/// hear it, and supd may not be allowed to send it. Such a process must not keep supd, and with it a machine, for ever.

#include <optional>
#include <unordered_set>
#include <vector>

#include "daemon/executor.hpp"
#include "daemon/io/loop.hpp"
#include "units/supervisor.hpp"

namespace supd {

class EndWatch final : io::TimerSink {
 public:
  /// What got SIGKILL has so long to be gone. Then what had to wait for it is killed too, and has as long again.
  static constexpr Duration after_kill = 5s;

  EndWatch(io::Loop& loop, Supervisor& supervisor, Executor& executor)
      : loop_(loop), supervisor_(supervisor), executor_(executor) {}
  ~EndWatch() { loop_.release(timer_); }
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  /// Everything has been told to stop. Without a timeout the stop sequences have all the time that they take.
  void begin(std::optional<Duration> timeout);
  /// Kills what is left, and what stops later.
  void kill();

  /// supd can go.
  [[nodiscard]] bool over() const { return executor_.all_stopped() || given_up_; }
  /// Processes are left that can't be killed.
  [[nodiscard]] bool given_up() const { return given_up_ && !executor_.all_stopped(); }

 private:
  enum class Phase : std::uint8_t { patient, timed, killed, all_killed };

  void on_timer(io::OpId id, bool canceled) noexcept override;
  void arm(Duration wait);
  void look();
  void kill_the_rest();
  void give_up();
  [[nodiscard]] std::vector<UnitId> alive() const;
  [[nodiscard]] bool used_up(UnitId unit) const;

  io::Loop& loop_;
  Supervisor& supervisor_;
  Executor& executor_;
  io::OpId timer_{};
  std::unordered_set<RunId> killed_before_;  ///< had been killed when the last look was taken
  Phase phase_ = Phase::patient;
  bool begun_ = false;
  bool given_up_ = false;
};

}  // namespace supd
