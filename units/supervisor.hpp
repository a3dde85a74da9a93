#pragma once

/// All units and the graph between them: takes commands and facts, and returns what is to be done.
/// Pure: no clock, no process, no log. Consequences spread through queues until nothing changes any
/// more (a fixpoint); no unit's step ever calls another unit's.
///
/// Another configuration. A unit's id is its slot. A unit that stays, by name and kind, keeps its slot, its
/// state and its run; it merely has another spec for its next decision. A unit that is removed is *leaving*:
/// it has a stop intent, hears no wish to start, can't be found by name, and keeps the edges that order its
/// stop. When its last process is gone its slot is empty (`forget`) and may be used by a later
/// configuration; until then state(), spec() and the name that is told there are still those of the unit that
/// was. A unit of another kind than before is another unit in another slot that inherits the wish to be up; a
/// unit that comes again while it leaves is a new one. Either waits until the last process of the old one is
/// gone: P1 holds by name.
///
/// New dependencies of a unit that stays. They stop nothing by themselves, be they conflicts, gates that it
/// has passed already, or `binds` to a unit that is not up yet (it counts from the moment when that one was up
/// once). What a wanted unit newly requires, wants or binds is started for it, and tried again if it had
/// failed; if that is or falls down for good all the same (masked, gave up, stopped by hand), the ordinary
/// rules apply and pull the dependent down with it. Dependencies that were there before start nothing:
/// what was stopped by hand stays so.
///
/// The end. When an essential unit has ended for good, or the exit policy says so, the supervisor shuts down by itself,
/// as if it had been told to; ending() says whose end it was (ending.hpp).
///
/// Masked units hear no wish to start and are not restarted; nothing is stopped by masking alone. One that was
/// about to start, at once or after a delay, stays down instead. Nothing is started by unmasking, or by enabling,
/// alone either.

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "units/action.hpp"
#include "units/ending.hpp"
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

/// Another configuration, and whose processes must be replaced for it.
struct Reconfiguration {
  std::vector<SpecPtr> units;        ///< all units, in configuration order; names unique
  std::vector<std::string> restart;  ///< names of units whose running process must be replaced
};

class Supervisor {
 public:
  /// The specs are final: names unique, values checked by config/. All graph errors at once.
  [[nodiscard]] static std::expected<Supervisor, std::vector<GraphError>> load(std::vector<SpecPtr> specs);
  [[nodiscard]] static std::expected<Supervisor, std::vector<GraphError>> load(std::vector<UnitSpec> specs);

  /// Heard before boot(), and at any time after: what it asks for may be the case already.
  void set_exit_policy(ExitPolicy policy, Instant now, Actions& out);

  /// Starts every unit that is enabled and not masked, but for those that have completed: what was started alone before
  /// (by command()) and is done, is not done again.
  void boot(Instant now, Actions& out);

  /// Gives a command to the units, and for stop and restart to the members of targets among them.
  /// Idempotent. Start commands are ignored once shutdown() was called.
  void command(Command command, std::span<const UnitId> units, Instant now, Actions& out);

  /// Something happened to a unit's process or timer. A fact about another run than the current one,
  /// or about a timer that was replaced, is stale: counted and dropped here.
  void fact(UnitId unit, const Event& event, Instant now, Actions& out);

  /// Takes over another configuration, or changes nothing and returns all errors of its graph. New units that are
  /// enabled are started; units that are not in it any more are stopped, and forgotten once their last process is
  /// gone; units named in `restart` end and start again if they are wanted (out of back-off, after giving up or
  /// completing too; with clean counts; targets and masked units are not). All others keep process and state.
  /// An error while shutting down. Linear in units plus edges.
  [[nodiscard]] std::expected<void, std::vector<GraphError>> reconfigure(Reconfiguration change, Instant now,
                                                                         Actions& out);

  /// Stops everything in reverse order of dependencies; `all_stopped` is the last action ever.
  void shutdown(Instant now, Actions& out);
  /// Ends every stop that is under way at once (SIGKILL), and those that follow as they begin.
  void kill_all(Instant now, Actions& out);

  /// The units of the configuration, in its order. Those that were removed and still stop are not among them.
  [[nodiscard]] std::span<const UnitId> units() const { return units_; }
  /// Slots: every id is below this.
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(specs_.size()); }
  /// The slot holds a unit, one that leaves included.
  [[nodiscard]] bool known(UnitId unit) const { return unit.value < size() && places_[unit.value] != Place::empty; }
  [[nodiscard]] const UnitSpec& spec(UnitId unit) const { return *specs_[unit.value]; }
  [[nodiscard]] SpecPtr spec_ptr(UnitId unit) const { return specs_[unit.value]; }
  [[nodiscard]] const UnitState& state(UnitId unit) const { return states_[unit.value]; }
  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// Not valid: no such unit in the configuration.
  [[nodiscard]] UnitId find(std::string_view name) const { return graph_.find(name); }
  [[nodiscard]] bool shutting_down() const { return shutting_down_; }
  /// Of a shutdown that began by itself; of another one it is nobody's, with 0.
  [[nodiscard]] const Ending& ending() const { return ending_; }
  [[nodiscard]] std::uint64_t stale_facts() const { return stale_facts_; }

  /// The unit and everything that it starts, targets inside it followed; each unit once, in order.
  [[nodiscard]] std::vector<UnitId> members(UnitId target) const;

  /// The sentence for a unit's cause.
  [[nodiscard]] std::string cause_sentence(UnitId unit) const;
  /// Why the unit is in its state: it first, then what it waits for or was pulled down by, to the end.
  [[nodiscard]] std::vector<Reason> why(UnitId unit) const;

 private:
  Supervisor(std::vector<SpecPtr> specs, std::vector<UnitId> units, Graph graph);

  /// How many of a unit's edges stand in its way.
  struct Counts {
    std::uint32_t waits = 0;     ///< gates that wait
    std::uint32_t hopeless = 0;  ///< gates that can't open
    std::uint32_t holds = 0;     ///< dependents that have to stop first
  };
  struct EdgeMemory {
    Gate gate = Gate::open;
    bool holds = false;
    bool fresh = false;  ///< new, and the other unit was not up since
  };
  enum class Place : std::uint8_t { empty, member, leaving };
  class Takeover;  ///< one reconfigure(), step by step

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
  void forget(UnitId unit, Actions& out);
  void notice_end(UnitId unit);
  [[nodiscard]] bool all_done();
  void begin_shutdown();
  void notice_all_stopped(Actions& out);
  void with_members(std::vector<UnitId>& units) const;

  Graph graph_;
  std::vector<UnitId> units_;   ///< members, in configuration order
  std::vector<SpecPtr> specs_;  ///< by slot, as everything up to dirty_flag_ but for edge_memory_
  std::vector<Place> places_;
  std::vector<UnitState> states_;
  std::vector<Counts> counts_;
  std::vector<EdgeMemory> edge_memory_;
  std::vector<bool> dirty_flag_;
  std::deque<std::pair<UnitId, Event>> asks_;  ///< wishes that are not heard yet
  std::deque<EdgeIndex> pulls_;                ///< edges with a change at either end
  std::deque<UnitId> hopeless_;                ///< units that may wait in vain now
  std::deque<UnitId> dirty_;                   ///< units that may be allowed something now
  Serials serials_;
  std::uint32_t alive_ = 0;
  std::uint32_t going_on_ = 0;  ///< units that goes_on() is true of
  Ending ending_;
  ExitPolicy exit_policy_ = ExitPolicy::told;
  bool ended_ = false;  ///< ending_ is what the shutdown is for
  bool booted_ = false;
  std::uint64_t stale_facts_ = 0;
  bool shutting_down_ = false;
  bool impatient_ = false;
  bool stopped_ = false;
};

}  // namespace supd
