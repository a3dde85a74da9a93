#pragma once

/// The members of every value on the wire: name and place, once, for the writer and the reader alike.
/// Known to the codec only.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "ctl/proto/messages.hpp"

namespace supd::proto {

template <class T>
struct Field {
  std::string_view name;
  std::variant<std::string T::*, bool T::*, int T::*, std::int64_t T::*, std::uint64_t T::*, State T::*> member;
  bool brief = true;   ///< belongs to the value's short form, where it has one
  bool always = true;  ///< false: a number that is not there when it is 0
};

template <class T>
struct FieldsOf;

template <>
struct FieldsOf<UnitStatus> {
  using T = UnitStatus;
  static constexpr std::array table{
      Field<T>{"name", &T::name},
      Field<T>{"kind", &T::kind},
      Field<T>{"description", &T::description, false},
      Field<T>{"state", &T::state},
      Field<T>{"wanted", &T::wanted, false},
      Field<T>{"ready", &T::ready},
      Field<T>{"pid", &T::pid},
      Field<T>{"run", &T::run, false},
      Field<T>{"uptime_ms", &T::uptime_ms},
      Field<T>{"since_ms", &T::since_ms, false},
      Field<T>{"restarts", &T::restarts},
      Field<T>{"last_exit", &T::last_exit, false},
      Field<T>{"cause", &T::cause},
      Field<T>{"cpu_ms", &T::cpu_ms, false},
      Field<T>{"max_rss_kb", &T::max_rss_kb, false},
      Field<T>{"log_lines", &T::log_lines, false},
      Field<T>{"log_bytes", &T::log_bytes, false},
      Field<T>{"log_dropped", &T::log_dropped, false},
      Field<T>{"log_truncated", &T::log_truncated, false},
      Field<T>{"log_limited", &T::log_limited, false, false},
      Field<T>{"log_limited_bytes", &T::log_limited_bytes, false, false},
      Field<T>{"log_dropped_file", &T::log_dropped_file, false, false},
      Field<T>{"log_dropped_console", &T::log_dropped_console, false, false},
      Field<T>{"log_dropped_journal", &T::log_dropped_journal, false, false},
      Field<T>{"log_dropped_syslog", &T::log_dropped_syslog, false, false},
      Field<T>{"log_waiting", &T::log_waiting, false, false},
      Field<T>{"log_waiting_ms", &T::log_waiting_ms, false, false},
      Field<T>{"journal_waiting", &T::journal_waiting, false, false},
      Field<T>{"journal_waiting_ms", &T::journal_waiting_ms, false, false},
      Field<T>{"syslog_waiting", &T::syslog_waiting, false, false},
      Field<T>{"syslog_waiting_ms", &T::syslog_waiting_ms, false, false},
  };
};

template <>
struct FieldsOf<UnitEvent> {
  using T = UnitEvent;
  static constexpr std::array table{
      Field<T>{"sequence", &T::sequence}, Field<T>{"time_ms", &T::time_ms}, Field<T>{"unit", &T::unit},
      Field<T>{"from", &T::from},         Field<T>{"to", &T::to},           Field<T>{"run", &T::run},
      Field<T>{"pid", &T::pid},           Field<T>{"cause", &T::cause},
  };
};

template <>
struct FieldsOf<UnitResult> {
  using T = UnitResult;
  static constexpr std::array table{Field<T>{"name", &T::name}, Field<T>{"ok", &T::ok}, Field<T>{"state", &T::state},
                                    Field<T>{"cause", &T::cause}};
};

template <>
struct FieldsOf<UnitProgress> {
  using T = UnitProgress;
  static constexpr std::array table{Field<T>{"unit", &T::unit}, Field<T>{"state", &T::state},
                                    Field<T>{"cause", &T::cause}};
};

template <>
struct FieldsOf<WhyStep> {
  using T = WhyStep;
  static constexpr std::array table{Field<T>{"unit", &T::unit}, Field<T>{"state", &T::state},
                                    Field<T>{"text", &T::text}};
};

template <>
struct FieldsOf<ShownValue> {
  using T = ShownValue;
  static constexpr std::array table{Field<T>{"key", &T::key}, Field<T>{"value", &T::value},
                                    Field<T>{"where", &T::where}};
};

/// All but the text, which is `text` or `base64`, and the run, which is only there when it is known.
template <>
struct FieldsOf<LogRecord> {
  using T = LogRecord;
  static constexpr std::array table{Field<T>{"unit", &T::unit}, Field<T>{"time_us", &T::time_us},
                                    Field<T>{"stderr", &T::is_stderr}, Field<T>{"partial", &T::partial},
                                    Field<T>{"note", &T::note}};
};

template <>
struct FieldsOf<LogSource> {
  using T = LogSource;
  static constexpr std::array table{Field<T>{"unit", &T::unit},     Field<T>{"path", &T::path},
                                    Field<T>{"format", &T::format}, Field<T>{"file", &T::file},
                                    Field<T>{"memory", &T::memory}, Field<T>{"failing", &T::failing},
                                    Field<T>{"run", &T::run}};
};

template <>
struct FieldsOf<Diagnostic> {
  using T = Diagnostic;
  static constexpr std::array table{
      Field<T>{"severity", &T::severity}, Field<T>{"file", &T::file},     Field<T>{"line", &T::line},
      Field<T>{"column", &T::column},     Field<T>{"key", &T::key},       Field<T>{"message", &T::message},
      Field<T>{"hint", &T::hint},         Field<T>{"source", &T::source}, Field<T>{"caret", &T::caret}};
};

template <>
struct FieldsOf<KeyChange> {
  using T = KeyChange;
  static constexpr std::array table{Field<T>{"key", &T::key}, Field<T>{"before", &T::before},
                                    Field<T>{"after", &T::after}, Field<T>{"where", &T::where},
                                    Field<T>{"consequence", &T::consequence}};
};

/// All but `keys`.
template <>
struct FieldsOf<UnitChange> {
  using T = UnitChange;
  static constexpr std::array table{Field<T>{"unit", &T::unit}, Field<T>{"difference", &T::difference},
                                    Field<T>{"consequence", &T::consequence}, Field<T>{"reason", &T::reason}};
};

template <>
struct FieldsOf<SettingChange> {
  using T = SettingChange;
  static constexpr std::array table{Field<T>{"key", &T::key}, Field<T>{"before", &T::before},
                                    Field<T>{"after", &T::after}, Field<T>{"live", &T::live}};
};

template <>
struct FieldsOf<ChangeCounts> {
  using T = ChangeCounts;
  static constexpr std::array table{Field<T>{"restart", &T::restart}, Field<T>{"start", &T::start},
                                    Field<T>{"stop", &T::stop},       Field<T>{"live", &T::live},
                                    Field<T>{"none", &T::none},       Field<T>{"unchanged", &T::unchanged}};
};

template <>
struct FieldsOf<Finding> {
  using T = Finding;
  static constexpr std::array table{Field<T>{"topic", &T::topic}, Field<T>{"ok", &T::ok}, Field<T>{"text", &T::text},
                                    Field<T>{"advice", &T::advice}};
};

template <>
struct FieldsOf<Hello> {
  using T = Hello;
  static constexpr std::array table{Field<T>{"protocol", &T::protocol}, Field<T>{"version", &T::version},
                                    Field<T>{"pid", &T::pid}, Field<T>{"engine", &T::engine},
                                    Field<T>{"role", &T::role}};
};

}  // namespace supd::proto
