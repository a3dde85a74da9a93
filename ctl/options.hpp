#pragma once

/// Everything that the command line of supctl can say, after parsing. One struct for all verbs: a verb
/// fills and reads its own part.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "units/base/time.hpp"

namespace supd::ctl {

enum class Format : std::uint8_t {
  text,   ///< for people
  json,   ///< for programs: one object, or one object per line from streams
  raw,    ///< logs alone: the bytes that the unit wrote
  sarif,  ///< check alone: for code hosts and editors
  toml,   ///< show alone: the unit file
};

struct Options {
  // Global: before or after the verb.
  std::string socket;  ///< resolved: --socket, else SUPD_SOCKET, else the default of this user
  Format format = Format::text;
  bool quiet = false;
  bool no_color = false;

  // Of verbs.
  std::vector<std::string> units;       ///< names, globs, @targets
  std::string unit;                     ///< why, show
  std::string key;                      ///< show, explain
  std::string what;                     ///< schema
  std::string signal;                   ///< signal
  std::string condition = "ready";      ///< wait --for
  std::string shell;                    ///< completion
  std::vector<std::string> paths;       ///< check
  bool watch = false;                   ///< status
  bool follow = false;                  ///< logs, events
  bool no_wait = false;                 ///< start, stop, restart, apply, ...
  std::optional<Duration> timeout;      ///< start, stop, restart, wait, apply, ...
  std::optional<Duration> watch_ready;  ///< apply
  bool dry_run = false;                 ///< apply
  bool exit_code = false;               ///< diff
  bool now = false;                     ///< enable, disable
  bool kernel = false;                  ///< doctor
  bool force = false;                   ///< poweroff, reboot, halt
  bool reveal = false;                  ///< show
  std::optional<int> lines;             ///< logs, events
  std::string since, until;             ///< logs: as they were written
  std::string grep;                     ///< logs: a regular expression
  bool ignore_case = false;             ///< logs
  std::string stream;                   ///< logs: stdout, stderr or supd
  std::optional<std::int64_t> run;      ///< logs
  std::string directory;                ///< logs: of log files, to be read without supd
};

}  // namespace supd::ctl
