#pragma once

/// What a unit file says, after parsing and validation: plain values, no behaviour. `config/` fills
/// these, `units/` decides by them, `daemon/` carries them out. Two equal specs are the same unit.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "units/base/exit_status.hpp"
#include "units/base/time.hpp"
#include "units/log_spec.hpp"

namespace supd {

/// Where a value was written, for messages. `file` indexes the list of files that were loaded.
/// Positions never make two specs different: a moved line is no change.
struct SourcePos {
  std::uint32_t file = 0;
  std::uint32_t line = 0;  ///< from 1; 0: nowhere (a default)
  std::uint32_t column = 0;
  bool operator==(const SourcePos&) const { return true; }
};

/// Whether somebody wrote down what holds anyhow, for warnings. Like a position it never makes two specs different.
struct Written {
  bool yes = false;
  bool operator==(const Written&) const { return true; }
};

enum class Kind : std::uint8_t {
  service,  ///< runs until it is told to stop
  task,     ///< runs to completion
  target,   ///< has no process: a name for a set of units
};

enum class Relation : std::uint8_t {
  requires_,  ///< start it, wait for it, stop when it stops
  wants,      ///< start it, wait for it or for its failure, live without it
  binds,      ///< as requires_, and restart when it restarts
  after,      ///< order only
  before,     ///< order only, the other way round
  conflicts,  ///< the start of the one stops the other
};

/// What a dependent waits for.
enum class Condition : std::uint8_t {
  started,    ///< its process was started
  ready,      ///< it is ready (a service), has completed (a task), is reached (a target)
  completed,  ///< it ended by itself, with success
  exited,     ///< it ended by itself, either way
};

struct Dependency {
  Relation relation = Relation::requires_;
  std::string unit;
  Condition condition = Condition::ready;
  SourcePos where;
  bool operator==(const Dependency&) const = default;
};

enum class RestartPolicy : std::uint8_t { always, on_failure, never };

/// A set of exits: plain exit codes, and signals that ended the process.
struct ExitSet {
  std::vector<int> codes;
  std::vector<int> signals;
  bool operator==(const ExitSet&) const = default;
  [[nodiscard]] bool contains(const ExitStatus& exit) const;
};

struct RestartSpec {
  RestartPolicy policy = RestartPolicy::on_failure;
  Duration delay = 100ms;      ///< before the first restart
  double factor = 2.0;         ///< each further delay is this many times longer, >= 1
  Duration max_delay = 30s;    ///< the longest delay
  double jitter = 0.1;         ///< plus or minus this share of the delay, 0 to 1
  Duration reset_after = 30s;  ///< up this long: back to the first delay
  std::uint32_t limit = 10;    ///< starts within `window`, then give up; 0: never give up
  Duration window = 60s;
  Duration retry_after{0};  ///< after giving up, try again; 0: wait for a person
  ExitSet success{{0}, {15}};
  ExitSet prevent;  ///< exits that never lead to a restart
  bool operator==(const RestartSpec&) const = default;
};

/// One step of `[stop] sequence`: send a signal, or wait.
struct StopStep {
  int signal = 0;  ///< 0: this step waits
  Duration wait{0};
  bool operator==(const StopStep&) const = default;
};

enum class StopScope : std::uint8_t {
  tree,        ///< every process of the unit: its cgroup, or else its descendants
  group,       ///< the main process's process group
  main_alone,  ///< the main process
};

struct StopSpec {
  /// Ends with SIGKILL, so that every stop ends.
  std::vector<StopStep> sequence{{15, {}}, {0, 10s}, {9, {}}};
  StopScope scope = StopScope::tree;
  std::vector<std::string> command;  ///< run in place of the first signal; empty: none
  bool operator==(const StopSpec&) const = default;
};

/// The environment of a unit's processes, complete but for what supd itself was given.
struct EnvironmentSpec {
  std::vector<std::pair<std::string, std::string>> values;  ///< files first, then [env]; later wins
  std::vector<std::string> files;                           ///< as written, for `show`
  bool inherit_all = true;
  std::vector<std::string> inherit;  ///< these names only, when inherit_all is false
  bool operator==(const EnvironmentSpec&) const = default;
};

/// Where a process reads from, and a terminal that takes the place of its log.
struct TerminalSpec {
  std::string path;       ///< a terminal: stdin, stdout and stderr, and it controls the session; empty: none
  bool inherit = false;   ///< the same with what supd itself was given, a terminal or not
  bool read_own = false;  ///< stdin is supd's own; output goes to the log
  [[nodiscard]] bool takes_output() const { return inherit || !path.empty(); }
  bool operator==(const TerminalSpec&) const = default;
};

/// Names are resolved to ids by the loader, before anything runs: no name service on the loop.
struct RunAsSpec {
  std::string user, group;
  std::vector<std::string> groups;
  bool set_uid = false, set_gid = false, set_groups = false;
  std::uint32_t uid = 0, gid = 0;
  std::vector<std::uint32_t> gids;  ///< supplementary groups
  std::string home, shell;          ///< of `user`, for HOME and SHELL
  bool set_umask = false;
  std::uint32_t umask = 0;
  bool operator==(const RunAsSpec&) const = default;
};

struct ResourceLimit {
  static constexpr std::uint64_t infinity = UINT64_MAX;
  int resource = 0;  ///< RLIMIT_* of getrlimit(2)
  std::uint64_t soft = infinity;
  std::uint64_t hard = infinity;
  bool operator==(const ResourceLimit&) const = default;
};

struct LimitSpec {
  std::vector<ResourceLimit> rlimits;
  bool set_nice = false;
  int nice = 0;
  bool operator==(const LimitSpec&) const = default;
};

/// `[daemon] exit`. Whatever it says, supd ends when an essential unit has ended for good.
enum class ExitPolicy : std::uint8_t {
  told,     ///< only when it is told to
  done,     ///< when no unit is up, or will be by itself
  failure,  ///< as `done`, and as soon as a unit has failed for good
};

struct UnitSpec {
  std::string name;
  std::string description;
  Kind kind = Kind::service;
  bool enabled = true;
  bool masked = false;                    ///< nobody can start it
  bool essential = false;                 ///< when it has ended for good, supd ends with its exit code
  Written ready_given;                    ///< `ready.on`
  std::uint32_t replica = 0;              ///< which of a set of replicas it is, from 1; 0: of none
  std::optional<std::uint32_t> replicas;  ///< of a set, which is a target: how many it has
  std::vector<std::string> command;       ///< empty for targets; ${VAR} is expanded when it is executed
  std::string directory;                  ///< empty: supd's own working directory
  TerminalSpec terminal;
  std::vector<Dependency> depends;
  EnvironmentSpec environment;
  RestartSpec restart;
  StopSpec stop;
  RunAsSpec run_as;
  LimitSpec limits;
  LogSpec log;
  SourcePos where;
  bool operator==(const UnitSpec&) const = default;
};

/// Specs are shared between the configuration that runs and the one that may follow it, and never change.
using SpecPtr = std::shared_ptr<const UnitSpec>;

/// The words of unit files for these enums; the one place that spells them.
[[nodiscard]] std::string_view word(Kind kind);
[[nodiscard]] std::string_view word(Relation relation);
[[nodiscard]] std::string_view word(Condition condition);
[[nodiscard]] std::string_view word(RestartPolicy policy);
[[nodiscard]] std::string_view word(StopScope scope);
[[nodiscard]] std::string_view word(ExitPolicy policy);

}  // namespace supd
