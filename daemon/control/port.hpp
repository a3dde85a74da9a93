#pragma once

/// What the control server needs of the rest of the daemon, and nothing more. Declared here, by its
/// user; implemented by daemon/operator.cc; faked in the control tests.

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "daemon/control/change.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"
#include "units/ending.hpp"

namespace supd::control {

/// Where an operation stands for one unit.
enum class Progress : std::uint8_t { pending, done, failed };

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

  /// Queues a change of the configuration: the listener hears of it later, and must stay until its last word or
  /// forget_change(). Refused at once: too many wait.
  virtual std::expected<ChangeId, proto::RpcFault> change(Change change, ChangeListener& listener) = 0;
  /// The listener goes away. The change goes on.
  virtual void forget_change(ChangeId id) = 0;
  /// Why nobody can start the unit; "" when it can be.
  [[nodiscard]] virtual std::string start_refusal(UnitId unit) const = 0;
  /// What to do about a name that is no unit's; "" when there is nothing to say.
  [[nodiscard]] virtual std::string advice_for(std::string_view unknown) const = 0;

  virtual Result<void> signal(UnitId unit, int signal) = 0;
  /// The unit's log file is opened anew: somebody has renamed it.
  virtual void reopen_log(UnitId unit) = 0;
  [[nodiscard]] virtual std::vector<proto::WhyStep> why(UnitId unit) const = 0;
  /// Its keys; the environment of its processes ("env.NAME"); its unit file. `reveal`: what looks secret, too.
  [[nodiscard]] virtual std::vector<proto::ShownValue> show(UnitId unit, bool reveal) const = 0;
  [[nodiscard]] virtual std::vector<proto::ShownValue> show_environment(UnitId unit, bool reveal) const = 0;
  [[nodiscard]] virtual std::string show_toml(UnitId unit, bool reveal) const = 0;
  [[nodiscard]] virtual std::vector<proto::Finding> doctor() const = 0;
  [[nodiscard]] virtual proto::Hello hello() const = 0;
  /// supd is the init of a machine: its end is the machine's.
  [[nodiscard]] virtual bool ends_machine() const = 0;
  virtual void shutdown(std::string_view by, EndKind how) = 0;

  /// The last `lines` records of the unit's memory ring, oldest first.
  [[nodiscard]] virtual std::vector<proto::LogRecord> log_tail(UnitId unit, std::size_t lines) const = 0;
  [[nodiscard]] virtual proto::LogSource log_source(UnitId unit) const = 0;  ///< where its log is
  /// What waits to be written to its file is on its way there at once; a mark for log_has_written().
  virtual std::uint64_t write_log_out(UnitId unit) = 0;
  /// Whether what came before the mark is in the file, or is not going to be soon.
  [[nodiscard]] virtual bool log_has_written(UnitId unit, std::uint64_t mark) const = 0;
  /// From now on the server's on_log() is called for this unit's lines (counted: one unfollow each).
  virtual void follow_log(UnitId unit) = 0;
  virtual void unfollow_log(UnitId unit) = 0;

  /// The last `count` events that are still kept, oldest first.
  [[nodiscard]] virtual std::vector<UnitEvent> recent_events(std::size_t count) const = 0;
};

}  // namespace supd::control
