#pragma once

/// What a change of the configuration would do, or has done: the answers of the methods config.*.

#include <cstdint>
#include <string>
#include <vector>

#include "units/status.hpp"

namespace supd::proto {

/// At most so many units are in one report, and of keys and values about so many bytes; the rest is counted.
inline constexpr std::size_t max_reported_units = 1000;
inline constexpr std::size_t max_report_bytes = 2 * 1024 * 1024;
/// Longer values are cut, with "..." at the end.
inline constexpr std::size_t max_value_bytes = 4096;
/// At most so many diagnostics are in one answer; the rest is counted.
inline constexpr std::size_t max_reported_diagnostics = 200;

/// What is wrong with the configuration, and where.
struct Diagnostic {
  std::string severity;               ///< "error", "warning"
  std::string file;                   ///< "" when no file is at fault
  std::int64_t line = 0, column = 0;  ///< from 1; 0: the file, the line as a whole
  std::string key, message, hint, source;
  std::int64_t caret = 0;  ///< the character of `source` that `column` names, from 1; 0: none
  bool operator==(const Diagnostic&) const = default;
};

struct KeyChange {
  std::string key;            ///< "restart.delay"
  std::string before, after;  ///< as TOML; "" when it is not set. Secrets are masked.
  std::string where;          ///< "FILE:LINE", or "" for a default
  std::string consequence;    ///< as of UnitChange, for this key alone
  bool operator==(const KeyChange&) const = default;
};

struct UnitChange {
  std::string unit;
  std::string difference;   ///< added | removed | changed | same
  std::string consequence;  ///< none | live | restart | start | stop
  std::string reason;       ///< of a unit that did not change itself: "binds db, which restarts"
  std::vector<KeyChange> keys;
  bool operator==(const UnitChange&) const = default;
};

/// A setting of supd itself.
struct SettingChange {
  std::string key, before, after;
  bool live = false;  ///< false: holds from the next start of supd on
  bool operator==(const SettingChange&) const = default;
};

/// Units by what they feel of the change.
struct ChangeCounts {
  std::uint64_t restart = 0, start = 0, stop = 0, live = 0, none = 0, unchanged = 0;
  bool operator==(const ChangeCounts&) const = default;
};

/// "1 restart, 2 starts, 48 unchanged".
[[nodiscard]] std::string counts_text(const ChangeCounts& counts);

/// How an operation ended for one unit.
struct UnitResult {
  std::string name;
  bool ok = false;
  State state = State::inactive;
  std::string cause;
  bool operator==(const UnitResult&) const = default;
};

struct ChangeReport {
  ChangeCounts counts;            ///< of all units, reported or not
  std::vector<UnitChange> units;  ///< those that feel something, in configuration order
  std::uint64_t more = 0;         ///< units that are left out of `units`, or whose keys are
  std::vector<SettingChange> settings;
  std::vector<std::string> notes;    ///< sentences for a person
  std::vector<Diagnostic> warnings;  ///< of the configuration that was read
  std::vector<UnitResult> results;   ///< how what was started, stopped and restarted ended, where that was waited for
  bool operator==(const ChangeReport&) const = default;
};

}  // namespace supd::proto
