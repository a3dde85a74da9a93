#pragma once

/// What the executor keeps for one unit besides the core's state: its current run, its output and log,
/// its cgroup, its one timer, and what its finished runs used.

#include <cstdint>
#include <memory>
#include <optional>

#include "daemon/io/loop.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/unit_log.hpp"
#include "daemon/log/unit_output.hpp"
#include "daemon/run.hpp"
#include "daemon/sys/cgroup.hpp"
#include "units/event.hpp"

namespace supd {

struct UnitTimerOwner {
  virtual void on_unit_timer(UnitId unit, TimerSerial serial) noexcept = 0;

 protected:
  ~UnitTimerOwner() = default;
};

/// The core arms at most one timer per unit; a new one replaces the old one.
class UnitTimer final : io::TimerSink {
 public:
  UnitTimer(io::Loop& loop, UnitTimerOwner& owner, UnitId unit) : loop_(loop), owner_(owner), unit_(unit) {}
  ~UnitTimer() { disarm(); }
  UnitTimer(const UnitTimer&) = delete;
  UnitTimer& operator=(const UnitTimer&) = delete;

  void arm(Instant at, TimerSerial serial) {
    disarm();
    serial_ = serial;
    op_ = loop_.timer_at(at, *this);
  }
  void disarm() { loop_.release(std::exchange(op_, {})); }

 private:
  void on_timer(io::OpId, bool canceled) noexcept override {
    op_ = {};
    if (!canceled) owner_.on_unit_timer(unit_, serial_);
  }

  io::Loop& loop_;
  UnitTimerOwner& owner_;
  io::OpId op_{};
  TimerSerial serial_ = 0;
  UnitId unit_;
};

struct UnitRuntime {
  UnitRuntime(log::Hub& logs, UnitTimerOwner& timers, log::UnitOutputOwner& outputs, UnitId unit, SpecPtr unit_spec)
      : spec(std::move(unit_spec)),
        log(logs, unit, spec->name, spec->log),
        output(log, &outputs),
        timer(logs.loop(), timers, unit) {}

  SpecPtr spec;  ///< of the actions that are being carried out
  log::UnitLog log;
  log::UnitOutput output;
  std::unique_ptr<Run> run;  ///< from the spawn until its last process is gone
  std::optional<sys::UnitCgroup> cgroup;
  UnitTimer timer;
  Duration cpu{0};                  ///< user + system time of finished runs
  std::uint64_t max_rss_bytes = 0;  ///< of the largest finished run
  std::optional<Cause> farewell;    ///< the unit is gone, because of this; its last output is still being read
};

}  // namespace supd
