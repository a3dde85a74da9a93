#pragma once

/// What the control server needs of the rest of the daemon, and nothing more. Declared here, by its
/// user; implemented by daemon/operator.cc; faked in the control tests.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"

namespace supd::control {

enum class Verb : std::uint8_t { start, stop, restart, reset };

/// Where an operation stands for one unit.
enum class Progress : std::uint8_t { pending, done, failed };

/// A ticket for "is that command finished": valid for the unit it was made for.
struct Ticket {
  UnitId unit;
  Verb verb = Verb::start;
  std::uint64_t run_before = 0;  ///< run number when the command was given
};

/// A unit that was removed, at the moment when the last of it is gone.
struct GoneUnit {
  UnitId unit;
  const std::string& name;
  State state = State::inactive;
  std::string cause;  ///< one sentence
};

class Port {
 public:
  virtual ~Port() = default;

  /// Units that match a name, a glob or "@target", in configuration order; empty: none.
  [[nodiscard]] virtual std::vector<UnitId> find(std::string_view pattern) const = 0;
  [[nodiscard]] virtual std::string nearest_name(std::string_view name) const = 0;
  [[nodiscard]] virtual std::uint32_t unit_count() const = 0;  ///< every id is below this
  /// All units of the configuration, in its order. An id is good until Server::on_unit_gone() told its end.
  [[nodiscard]] virtual std::vector<UnitId> all_units() const = 0;
  /// False: the unit was removed, and its end is told just now or soon.
  [[nodiscard]] virtual bool known(UnitId unit) const = 0;
  [[nodiscard]] virtual const std::string& name(UnitId unit) const = 0;
  [[nodiscard]] virtual UnitStatus status(UnitId unit) const = 0;
  [[nodiscard]] virtual State state(UnitId unit) const = 0;
  [[nodiscard]] virtual std::string cause(UnitId unit) const = 0;  ///< one sentence

  /// Gives the command to all units at once (ordering between them is the supervisor's business) and
  /// returns a ticket for each unit that it was given to; a target's members are among them.
  virtual std::vector<Ticket> command(Verb verb, std::span<const UnitId> units, std::string_view by) = 0;
  [[nodiscard]] virtual Progress progress(const Ticket& ticket) const = 0;

  virtual Result<void> signal(UnitId unit, int signal) = 0;
  [[nodiscard]] virtual std::vector<proto::WhyStep> why(UnitId unit) const = 0;
  [[nodiscard]] virtual std::vector<proto::ShownValue> show(UnitId unit) const = 0;
  [[nodiscard]] virtual std::vector<proto::Finding> doctor() const = 0;
  [[nodiscard]] virtual proto::Hello hello() const = 0;
  virtual void shutdown(std::string_view by) = 0;

  /// The last `lines` records of the unit's memory ring, oldest first.
  [[nodiscard]] virtual std::vector<proto::LogRecord> log_tail(UnitId unit, std::size_t lines) const = 0;
  /// From now on the server's on_log() is called for this unit's lines (counted: one unfollow each).
  virtual void follow_log(UnitId unit) = 0;
  virtual void unfollow_log(UnitId unit) = 0;

  /// The last `count` events that are still kept, oldest first.
  [[nodiscard]] virtual std::vector<UnitEvent> recent_events(std::size_t count) const = 0;
};

}  // namespace supd::control
