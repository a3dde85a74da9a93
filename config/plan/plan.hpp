#pragma once

/// What taking over another configuration would do: unit by unit and key by key, before anything is done.
/// Pure: compares two configurations, with a word about what runs now.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace supd::config {

enum class Difference : std::uint8_t { added, removed, changed, same };

/// What a unit feels of it.
enum class Consequence : std::uint8_t {
  none,     ///< nothing now: it does not run, and starts with the new values
  live,     ///< taken over while it runs
  restart,  ///< its process is replaced
  start,
  stop,
};

struct KeyChange {
  std::string key;     ///< "restart.delay", "env.PORT"
  std::string before;  ///< as TOML; "" when it was not set. Secrets are masked.
  std::string after;
  std::string where;  ///< "FILE:LINE" of the new value, or of nothing for a default
  Consequence consequence = Consequence::live;
};

struct UnitChange {
  std::string unit;
  Difference difference = Difference::changed;
  Consequence consequence = Consequence::none;
  std::string reason;  ///< of a unit that did not change itself: "binds db, which restarts"; else ""
  std::vector<KeyChange> keys;
};

/// A setting of supd itself.
struct SettingChange {
  std::string key, before, after;
  bool live = false;  ///< false: with the next start of supd
};

struct Plan {
  std::vector<UnitChange> units;  ///< in the order of the new configuration, removed ones last
  std::vector<SettingChange> settings;
  std::size_t unchanged = 0;  ///< units that nothing happens to
  [[nodiscard]] bool empty() const { return units.empty() && settings.empty(); }
};

/// What differs between two configurations, before anybody has looked at what runs.
struct Comparison {
  struct Entry {
    UnitChange change;      ///< its consequence is not known yet
    bool replaces = false;  ///< some of it needs another process
    bool starts = false;    ///< new or newly enabled, and not masked
  };
  struct Bond {
    std::string from, to;  ///< `from` binds `to`
  };
  std::vector<Entry> units;  ///< as in Plan
  std::vector<Bond> bonds;   ///< of the new configuration
  std::vector<SettingChange> settings;
  std::size_t size = 0;  ///< units of the new configuration
};

/// What matters of a unit's present.
struct UnitNow {
  bool wanted = false;  ///< it shall run
  bool alive = false;   ///< it has a process, or is a target that is reached
};

/// Key by key: takes as long as there are units. Both must be ok() and realized.
[[nodiscard]] Comparison compare(const Loaded& before, const Loaded& after);

/// What it does to what runs now: takes as long as there are units that differ, and bonds.
[[nodiscard]] Plan settle(Comparison comparison, const std::function<UnitNow(std::string_view)>& now);

/// Both in one.
[[nodiscard]] Plan make_plan(const Loaded& before, const Loaded& after,
                             const std::function<UnitNow(std::string_view)>& now);

/// "live", "restart", ...
[[nodiscard]] std::string_view word(Difference difference);
[[nodiscard]] std::string_view word(Consequence consequence);

/// Whether the value of a variable of that name should not be shown to everybody: …PASSWORD…, …TOKEN…, …SECRET…, …KEY.
[[nodiscard]] bool looks_secret(std::string_view variable);

}  // namespace supd::config
