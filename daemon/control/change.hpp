#pragma once

/// Changing the configuration, as the control server sees it. Declared here, by its user; carried out by
/// daemon/apply/.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "units/base/ids.hpp"
#include "units/base/time.hpp"

namespace supd::control {

enum class Verb : std::uint8_t { start, stop, restart, reset };

/// A ticket for "is that command finished": valid for the unit it was made for.
struct Ticket {
  UnitId unit;
  Verb verb = Verb::start;
  std::uint64_t run_before = 0;  ///< run number when the command was given
};

/// Other changes wait meanwhile.
inline constexpr Duration longest_watch = 1h;

enum class ChangeKind : std::uint8_t { diff, apply, enable, disable, mask, unmask, scale };

/// What somebody wants to be done to the configuration.
struct Change {
  ChangeKind kind = ChangeKind::diff;
  std::vector<std::string> units = {};       ///< names and globs; diff: none means all; scale: "web=3"
  std::optional<Duration> watch_ready = {};  ///< apply: undo it unless all that starts is ready within this time
  bool now = false;                          ///< enable, disable: start, stop as well
  std::string by = {};                       ///< who, for supd's own log
};

/// Hears how one change goes. Never called from inside Port::change().
struct ChangeListener {
  /// It is in force or, for diff, would be. `tickets` is what is under way because of it. `watched`: it may yet be
  /// undone, and on_watched() follows.
  virtual void on_changed(proto::ChangeReport report, std::vector<Ticket> tickets, bool watched) = 0;
  /// It stays, or it was undone and this is why.
  virtual void on_watched(std::optional<proto::RpcFault> undone) = 0;
  /// Nothing was changed.
  virtual void on_refused(proto::RpcFault why) = 0;

 protected:
  ~ChangeListener() = default;
};

/// Names one change; 0: none.
using ChangeId = std::uint64_t;

}  // namespace supd::control
