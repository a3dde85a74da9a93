#pragma once

/// All units and the graph between them: takes commands and facts, and returns what is to be done.
/// Pure: no clock, no process, no log. Consequences spread through queues until nothing changes any
/// more (a fixpoint); no unit's step ever calls another unit's.

#include <cstdint>
#include <deque>
#include <expected>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "units/action.hpp"
#include "units/event.hpp"
#include "units/graph.hpp"
#include "units/relations.hpp"
#include "units/spec.hpp"
#include "units/step.hpp"
#include "units/unit_state.hpp"

namespace supd {

enum class Command : std::uint8_t { start, stop, restart, reset };

/// One sentence of a causal chain.
struct Reason {
  UnitId unit;
  std::string text;
};

class Supervisor {
 public:
  /// The specs are final: names unique, values checked by config/. All graph errors at once.
  [[nodiscard]] static std::expected<Supervisor, std::vector<GraphError>> load(std::vector<UnitSpec> specs);

  /// Starts every enabled unit.
  void boot(Instant now, Actions& out);

  /// Gives a command to the units, and for stop and restart to the members of targets among them.
  /// Idempotent. Start commands are ignored once shutdown() was called.
  void command(Command command, std::span<const UnitId> units, Instant now, Actions& out);

  /// Something happened to a unit's process or timer. A fact about another run than the current one,
  /// or about a timer that was replaced, is stale: counted and dropped here.
  void fact(UnitId unit, const Event& event, Instant now, Actions& out);

  /// Stops everything in reverse order of dependencies; `all_stopped` is the last action ever.
  void shutdown(Instant now, Actions& out);
  /// Ends every stop that is under way at once (SIGKILL), and those that follow as they begin.
  void kill_all(Instant now, Actions& out);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(specs_.size()); }
  [[nodiscard]] const UnitSpec& spec(UnitId unit) const { return specs_[unit.value]; }
  [[nodiscard]] const UnitState& state(UnitId unit) const { return states_[unit.value]; }
  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] UnitId find(std::string_view name) const { return graph_.find(name); }
  [[nodiscard]] bool shutting_down() const { return shutting_down_; }
  [[nodiscard]] std::uint64_t stale_facts() const { return stale_facts_; }

  /// The unit and everything that it starts, targets inside it followed; each unit once, in order.
  [[nodiscard]] std::vector<UnitId> members(UnitId target) const;

  /// The sentence for a unit's cause.
  [[nodiscard]] std::string cause_sentence(UnitId unit) const;
  /// Why the unit is in its state: it first, then what it waits for or was pulled down by, to the end.
  [[nodiscard]] std::vector<Reason> why(UnitId unit) const;

 private:
  explicit Supervisor(std::vector<UnitSpec> specs, Graph graph);

  /// How many of a unit's edges stand in its way.
  struct Counts {
    std::uint32_t waits = 0;     ///< gates that wait
    std::uint32_t hopeless = 0;  ///< gates that can't open
    std::uint32_t holds = 0;     ///< dependents that have to stop first
  };
  struct EdgeMemory {
    Gate gate = Gate::open;
    bool holds = false;
  };

  void ask(UnitId unit, EventKind wish, Cause cause);
  void spread(Instant now, Actions& out);
  void apply(UnitId unit, const Event& event, Instant now, Actions& out);
  void pull_up(UnitId unit, const Cause& cause);
  void mark_dirty(UnitId unit);
  void look_at_edges(UnitId changed);
  void look_at_gate(EdgeIndex index, const UnitState& changed);
  void feel_pull(EdgeIndex index);
  void look_for_work(UnitId unit, Instant now, Actions& out);
  void give_up_waiting(UnitId unit);
  void notice_all_stopped(Actions& out);
  void with_members(std::vector<UnitId>& units) const;

  Graph graph_;
  std::vector<UnitSpec> specs_;
  std::vector<UnitState> states_;
  std::vector<Counts> counts_;
  std::vector<EdgeMemory> edge_memory_;
  std::vector<bool> dirty_flag_;
  std::deque<std::pair<UnitId, Event>> asks_;  ///< wishes that are not heard yet
  std::deque<EdgeIndex> pulls_;                ///< edges with a change at either end
  std::deque<UnitId> dirty_;                   ///< units that may be allowed something now
  Serials serials_;
  std::uint32_t alive_ = 0;
  std::uint64_t stale_facts_ = 0;
  bool shutting_down_ = false;
  bool impatient_ = false;
  bool stopped_ = false;
};

}  // namespace supd
