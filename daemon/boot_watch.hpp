#pragma once

/// How a machine comes up: everything that is enabled, or single mode first; and what follows when `boot` fails. Then a
/// person gets a shell, the unit `emergency`, and what else reads the same terminal stops for that time: of two readers
/// each gets a part of what is typed. When the shell ends, boot is tried again, and what was stopped comes back.

#include <optional>
#include <string>
#include <vector>

#include "daemon/executor.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/machine/boot_words.hpp"
#include "units/supervisor.hpp"

namespace supd {

class BootWatch final : io::TimerSink {
 public:
  /// A shell that did not live that long was none: boot is tried again after as long. So a machine without a console
  /// does not try again and again without a pause. What has the terminal has as long to let go of it.
  static constexpr Duration pause = 5s;

  /// Nothing in `machine`: it is no machine, and there is nothing to watch.
  BootWatch(io::Loop& loop, Supervisor& supervisor, Executor& executor, std::optional<machine::BootMode> machine)
      : loop_(loop), supervisor_(supervisor), executor_(executor), machine_(machine) {}
  ~BootWatch() { loop_.release(timer_); }
  BootWatch(const BootWatch&) = delete;
  BootWatch& operator=(const BootWatch&) = delete;

  /// Starts what is to be started first.
  void boot();
  void on_transition(UnitId unit, State to);

 private:
  enum class Phase : std::uint8_t { up, clearing, shell, pausing };

  void on_timer(io::OpId id, bool canceled) noexcept override;
  void arm(Duration wait);
  void boot_failed();
  void start_shell();
  void shell_moved(State to);
  void try_again();
  [[nodiscard]] std::vector<UnitId> others_at(UnitId shell) const;
  [[nodiscard]] bool terminal_is_free() const;
  [[nodiscard]] std::vector<UnitId> stopped_units() const;

  io::Loop& loop_;
  Supervisor& supervisor_;
  Executor& executor_;
  std::optional<machine::BootMode> machine_;
  io::OpId timer_{};
  std::vector<std::string> stopped_;  ///< for the shell; by name, as the configuration may change meanwhile
  std::optional<Instant> shell_since_;
  Phase phase_ = Phase::up;
  bool rest_follows_ = false;  ///< when `single` ends
};

}  // namespace supd
