#pragma once

/// Whether units that were started for a change come up and stay up. A service is ready as soon as its process was
/// started: therefore it has to stay so for a while, and one that dies at once does not count as ready.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/control/change.hpp"
#include "daemon/io/loop.hpp"
#include "units/supervisor.hpp"

namespace supd::apply {

/// How long each unit may take to become ready, and how long it must stay so.
struct WatchTimes {
  Duration limit;
  Duration stay{0};
};

class Watch final : io::TimerSink {
 public:
  /// The unit that did not make it, and why; nothing: all are up. Called once, in a turn of the loop, never from
  /// inside another call. The watch may be destroyed in it.
  struct Lost {
    std::string unit;
    State state = State::inactive;
    std::string why;
  };
  using Verdict = std::function<void(std::optional<Lost>)>;

  /// Of tickets that say start or restart: services and targets must run, tasks must complete. A unit that a person
  /// stops meanwhile, or that is removed, is not waited for any more.
  Watch(io::Loop& loop, const Supervisor& supervisor, std::span<const control::Ticket> tickets, WatchTimes times,
        Verdict verdict);
  ~Watch() { loop_.release(timer_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void on_transition(UnitId unit);
  void on_unit_gone(UnitId unit);

 private:
  enum class Standing : std::uint8_t { pending, ready, lost, nobodys };
  struct Entry {
    control::Ticket ticket;
    Standing standing = Standing::pending;
  };

  void on_timer(io::OpId id, bool canceled) noexcept override;
  [[nodiscard]] Standing judge(const control::Ticket& ticket) const;
  void look_at(Entry& entry);
  void arm();
  [[nodiscard]] std::optional<Lost> first_lost() const;

  io::Loop& loop_;
  const Supervisor& supervisor_;
  WatchTimes times_;
  Verdict verdict_;
  std::vector<Entry> entries_;
  Instant deadline_;
  Instant last_ready_;  ///< when a unit last became ready
  io::OpId timer_{};
};

}  // namespace supd::apply
