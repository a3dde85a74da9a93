#pragma once

/// Drives a Supervisor with virtual time and compares what it did as text. Processes are imagined:
/// a spawn succeeds at once unless told otherwise, and lives until the test says that it ended.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "units/supervisor.hpp"

namespace supd::testing {

/// A service with no delay, no jitter and no limit: tests add what they are about.
[[nodiscard]] UnitSpec service(std::string name, std::vector<Dependency> depends = {});
[[nodiscard]] UnitSpec task(std::string name, std::vector<Dependency> depends = {});
[[nodiscard]] UnitSpec target(std::string name, std::vector<Dependency> depends = {});
/// The same unit, but so.
[[nodiscard]] UnitSpec disabled(UnitSpec spec);
[[nodiscard]] UnitSpec masked(UnitSpec spec);
[[nodiscard]] UnitSpec essential(UnitSpec spec);
[[nodiscard]] Dependency on(Relation relation, std::string unit, Condition condition = Condition::ready);

class Scenario {
 public:
  explicit Scenario(std::vector<UnitSpec> specs);

  void boot();
  void command(Command command, std::initializer_list<std::string_view> names);
  void shutdown();
  void set_exit_policy(ExitPolicy policy);
  /// Takes these over: the units with other specs than before are new, all others keep theirs. False: refused.
  bool reconfigure(std::vector<UnitSpec> specs, std::vector<std::string> restart = {});
  [[nodiscard]] const std::vector<GraphError>& errors() const { return errors_; }
  void kill_all();
  void exit(std::string_view name, int code, bool tree_gone = true);
  void kill(std::string_view name, int signal, bool tree_gone = true);
  void tree_gone(std::string_view name);
  /// The main process of a unit that was removed, and with it its tree, ends.
  void gone(UnitId unit);
  /// A fact about a run that is not the current one.
  void stale_exit(std::string_view name);
  /// From now on spawns of this unit fail with `error`; 0: they succeed again.
  void fail_spawns(std::string_view name, int error) { spawn_errors_[id(name).value] = error; }
  /// Lets time pass; timers that come due on the way fire in order.
  void pass(Duration length);

  /// What happened since the last call: one line per transition, signal and spawn.
  std::string log();
  [[nodiscard]] const UnitState& state(std::string_view name) const { return supervisor_.state(id(name)); }
  [[nodiscard]] UnitId id(std::string_view name) const;
  [[nodiscard]] const Supervisor& supervisor() const { return supervisor_; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] std::string why(std::string_view name) const;

 private:
  void carry_out(Actions actions);
  void note(const Action& action);

  Supervisor supervisor_;
  Instant now_{1h};
  std::string log_;
  std::map<std::uint32_t, std::string> names_;  ///< as the executor knows them, by slot
  std::vector<GraphError> errors_;
  std::map<std::uint32_t, int> spawn_errors_;
  std::map<std::uint32_t, std::pair<Instant, TimerSerial>> timers_;
};

}  // namespace supd::testing
