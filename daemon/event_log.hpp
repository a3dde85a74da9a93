#pragma once

/// The last transitions of all units, for `supctl events` and its followers. Small fixed records; text
/// is made only for those who ask.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "units/base/ids.hpp"
#include "units/base/time.hpp"
#include "units/cause.hpp"
#include "units/status.hpp"

namespace supd {

struct Transition {
  std::uint64_t sequence = 0;
  WallTime time;
  UnitId unit;
  State from = State::inactive;
  State to = State::inactive;
  RunId run;
  std::int64_t pid = 0;
  Cause cause;
  std::shared_ptr<const std::string> gone_name;  ///< of a unit that is gone; `unit` is not valid then
};

class EventLog {
 public:
  static constexpr std::size_t capacity = 1024;

  /// Numbers the transition and keeps it; the oldest one goes when there is no room.
  const Transition& add(Transition transition);
  /// The unit is gone and its id may be another's: what is kept about it keeps its name instead.
  void settle(UnitId unit, const std::string& name);
  /// The last `count` that are still kept, oldest first.
  [[nodiscard]] std::vector<Transition> last(std::size_t count) const;

 private:
  std::vector<Transition> ring_;
  std::uint64_t next_ = 1;  ///< sequence number of the next one
};

}  // namespace supd
