#pragma once

/// The control protocol: newline-delimited JSON-RPC 2.0 over a unix stream socket. Method and field
/// names are append-only; unknown fields are ignored by both sides.
///
/// method    params                                     result
/// hello     {}                                         {protocol, version, pid, engine, role}
/// status    {units?, brief?}                           {version: 1, units: [UnitStatus]}
/// start     {units, wait?, timeout_ms?}                {units: [UnitResult]}
/// stop      {units, wait?, timeout_ms?}                {units: [UnitResult]}
/// restart   {units, wait?, timeout_ms?}                {units: [UnitResult]}
/// reset     {units}                                    {units: [UnitResult]}
/// signal    {units, signal}                            {units: [UnitResult]}
/// wait      {units, for, timeout_ms?}                  {units: [UnitResult]}    for: ready | stopped | failed
/// why       {unit}                                     {chain: [WhyStep]}
/// show      {unit, key?, reveal?, toml?}               {values: [ShownValue], toml?}
/// logs      {units?, lines?, follow?}                  {} after `log` notifications; with follow: never
/// log_files {units?}                                   {} after `log_file` notifications
/// events    {lines?, follow?}                          {} after `event` notifications; with follow: never
/// doctor    {}                                         {findings: [Finding]}
/// shutdown  {how?}                                     {}
/// config.diff     {units?}                             ChangeReport
/// config.apply    {wait?, timeout_ms?, watch_ready_ms?}  ChangeReport
/// config.enable   {units, now?, wait?, timeout_ms?}    ChangeReport
/// config.disable  {units, now?, wait?, timeout_ms?}    ChangeReport
/// config.mask     {units}                              ChangeReport
/// config.unmask   {units}                              ChangeReport
/// config.scale    {units, wait?, timeout_ms?}          ChangeReport    units: ["web=3"]
///
/// A brief status has only the members that a table shows: name, kind, state, ready, pid, uptime_ms,
/// restarts, cause. It costs both sides half the time. `units` are names, globs, or "@target" (the target's members).
/// Notifications, all with the `id` of the request that they belong to:
///   progress {id, unit, state, cause}     while start, stop, restart, wait and config.* are under way
///   log      {id, records: [LogRecord]}   with follow, an empty list stands between what was and what comes
///   log_file {id, files: [LogSource]}
///   event    {id, events: [UnitEvent]}
/// An error's `code` is an Outcome above zero, or one of the JSON-RPC codes below; its `data` may have
/// `nearest` (the name that was probably meant), `hint` (what to do), `units` ([UnitResult]: what an operation
/// that timed out still waits for, what made a change fail), and, of a configuration that can't be used,
/// `diagnostics` ([Diagnostic]) and `text`.
/// A request without an id is carried out and not answered. A line that can't be read is answered with
/// id null.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/change.hpp"
#include "units/status.hpp"

namespace supd::proto {

inline constexpr int protocol_version = 1;
inline constexpr std::size_t max_request_bytes = 1024 * 1024;  ///< longer frames end the session
inline constexpr int max_nesting = 32;
inline constexpr std::size_t max_patterns = 4096;  ///< entries of `units`; more are invalid_params
inline constexpr std::size_t max_id_bytes = 256;   ///< of a string id; longer ones are invalid_request

enum RpcError : int {
  parse_error = -32700,
  invalid_request = -32600,
  no_such_method = -32601,
  invalid_params = -32602
};

struct Hello {
  int protocol = protocol_version;
  std::string version, engine, role;
  std::int64_t pid = 0;
  bool operator==(const Hello&) const = default;
};

/// Why a request was not carried out: the `error` object of JSON-RPC.
struct RpcFault {
  int code = 0;  ///< Outcome above zero, or RpcError
  std::string message;
  std::string nearest;                       ///< "did you mean", or ""
  std::vector<UnitResult> units;             ///< those that are not done when an operation times out
  std::string id_json = "null";              ///< of the request it answers
  std::string hint = {};                     ///< what to do about it, or ""
  std::vector<Diagnostic> diagnostics = {};  ///< of a configuration that can't be used
  std::string text = {};                     ///< the same for people
  bool operator==(const RpcFault&) const = default;
};

/// Where a unit stands while an operation on it is under way.
struct UnitProgress {
  std::string unit;
  State state = State::inactive;
  std::string cause;
  bool operator==(const UnitProgress&) const = default;
};

/// One link of the causal chain that `why` prints, outermost first.
struct WhyStep {
  std::string unit;
  State state = State::inactive;
  std::string text;
  bool operator==(const WhyStep&) const = default;
};

struct ShownValue {
  std::string key;    ///< "restart.delay"
  std::string value;  ///< as TOML
  std::string where;  ///< "FILE:LINE", or "" for a default
  bool operator==(const ShownValue&) const = default;
};

/// One line of output. On the wire `text` is a JSON string when it is valid UTF-8, else the field
/// `base64` stands in its place: nothing is lost.
struct LogRecord {
  std::string unit;
  std::int64_t time_us = 0;  ///< wall time, microseconds since 1970
  bool is_stderr = false;
  bool partial = false;   ///< the line goes on in the next record
  std::string text;       ///< without its newline
  bool note = false;      ///< supd's own words about the unit; is_stderr says nothing then
  std::uint64_t run = 0;  ///< that wrote it; 0, and not on the wire: not known
  bool operator==(const LogRecord&) const = default;
};

/// Where a unit's log is, so that clients can read its files themselves.
struct LogSource {
  std::string unit;
  std::string path;       ///< of the file that is written, absolute; "": the unit has none
  std::string format;     ///< of its records: text | json | raw
  bool file = false;      ///< the unit's output goes to `path`
  bool memory = false;    ///< supd has the newest records in memory
  bool failing = false;   ///< the file can't be written just now
  std::uint64_t run = 0;  ///< the current or last run; 0: none
  bool operator==(const LogSource&) const = default;
};

struct Finding {
  std::string topic;   ///< "engine", "cgroups", ...
  bool ok = false;     ///< false: something does not work here
  std::string text;    ///< what is
  std::string advice;  ///< how to get it, "" when ok
  bool operator==(const Finding&) const = default;
};

}  // namespace supd::proto
