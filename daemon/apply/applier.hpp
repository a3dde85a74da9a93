#pragma once

/// Holds the configuration that runs, and changes it: one change after the other, each in these steps.
///
///   queued ──▶ prepared in a thread ──▶ in force ──▶ done
///                     │                    │ (watched: apply with watch_ready)
///                     ▼                    ▼
///                  refused        all up: done, else undone
///
/// - *queued*: at most max_waiting; one more is refused. Only the first is worked on, so that two changes never mix.
/// - *prepared* (candidate.hpp): files are read, or overrides are changed; checked, the graph too; overrides are
///   saved. The loop goes on meanwhile. What can go wrong: errors in the files, names that are no unit's, no thread.
///   Then nothing was changed. Without a place to keep overrides they hold until supd ends, and a note says so.
/// - *in force*: a plan is made against the state of that moment and carried out in one go. Everybody who asked is
///   told now what is under way because of it; how that ends is theirs to wait for. Can only fail while supd stops.
/// - *watched*: the next change waits until each unit that was started has become ready and has stayed so for a
///   second. If one does not, all that was changed goes back to the configuration before, and is given the same
///   time to come up again. Files on the disk are not touched.
///
/// A client that goes away takes nothing back. At shutdown changes are refused; a thread that is still at work is
/// left alone (finish()).

#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "config/plan/plan.hpp"
#include "daemon/apply/background.hpp"
#include "daemon/apply/candidate.hpp"
#include "daemon/apply/watch.hpp"
#include "daemon/control/port.hpp"
#include "daemon/executor.hpp"

namespace supd::apply {

/// Takes over settings of supd itself that can change while it runs.
struct SettingsListener {
  virtual void on_settings(const config::DaemonConfig& daemon) = 0;

 protected:
  ~SettingsListener() = default;
};

class Applier {
 public:
  static constexpr std::size_t max_waiting = 16;
  /// How long a watched unit must stay up.
  static constexpr Duration stay_up = 1s;

  struct World {
    io::Loop& loop;
    const Supervisor& supervisor;
    Executor& executor;
    control::Port& port;  ///< for commands; not used before the first turn
    SettingsListener& settings;
  };
  /// `source` tells how the configuration is read again.
  Applier(World world, std::shared_ptr<const config::Loaded> running, config::LoadRequest source);
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;

  [[nodiscard]] const std::shared_ptr<const config::Loaded>& running() const { return running_; }

  /// See control::Port.
  std::expected<control::ChangeId, proto::RpcFault> change(control::Change change, control::ChangeListener& listener);
  void forget(control::ChangeId id);

  /// To be called for every transition, and for every unit that is gone.
  void on_transition(UnitId unit);
  void on_unit_gone(UnitId unit);

  /// At the very end: waits a little for a thread. False: it still runs, see Background::finish().
  [[nodiscard]] bool finish(Duration longest) { return background_.finish(longest); }

 private:
  struct Job {
    control::ChangeId id = 0;
    control::Change change;
    control::ChangeListener* listener = nullptr;  ///< nullptr: nobody listens any more
  };
  using Tickets = std::vector<control::Ticket>;
  /// What is kept to undo a change.
  struct Undo {
    struct Touched {
      std::string unit;
      bool wanted = false;    ///< before
      bool replaced = false;  ///< its process was
    };
    std::shared_ptr<const config::Loaded> before;
    config::Comparison back;     ///< to it
    std::vector<Touched> units;  ///< those that were changed
    Duration limit{0};
    proto::RpcFault fault;  ///< the answer, once it is known
  };

  [[nodiscard]] Result<void> begin();
  void begin_next();
  void end(std::vector<std::shared_ptr<const void>> leftovers = {});
  void refuse(proto::RpcFault why);
  void take(std::shared_ptr<Candidate> candidate);
  void answer_diff(std::shared_ptr<Candidate> candidate);
  void commit(std::shared_ptr<Candidate> candidate);
  [[nodiscard]] config::Plan plan_for(config::Comparison comparison) const;
  [[nodiscard]] std::expected<Tickets, proto::RpcFault> carry_out(const config::Plan& plan,
                                                                  std::shared_ptr<const config::Loaded> next,
                                                                  std::vector<std::string> restart);
  void start_enabled(const config::Plan& plan, Tickets& tickets);
  void command_now(Candidate& candidate, Tickets& tickets);
  void give(control::Verb verb, const std::vector<UnitId>& units, Tickets& tickets);
  [[nodiscard]] Undo undo_of(const config::Plan& plan) const;
  void judge(const std::optional<Watch::Lost>& lost);
  void undo(const Watch::Lost& lost);
  void restore_wishes(Tickets& tickets);
  void end_undo(const std::optional<Watch::Lost>& lost);
  void end_watch(std::optional<proto::RpcFault> fault);

  World world_;
  std::shared_ptr<const config::Loaded> running_;
  config::LoadRequest source_;
  Background background_;
  std::deque<Job> queue_;  ///< the first is the one that is worked on
  control::ChangeId last_id_ = 0;
  bool under_way_ = false;  ///< with the first of queue_, or with what is left of the one before
  std::optional<Undo> undo_;
  std::unique_ptr<Watch> watch_;
};

}  // namespace supd::apply
