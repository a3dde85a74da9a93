#pragma once

/// What the control socket can see and do: the control server's port, on the supervisor, its executor
/// and the configuration.

#include <string>
#include <vector>

#include "daemon/apply/applier.hpp"
#include "daemon/control/port.hpp"
#include "daemon/event_log.hpp"
#include "daemon/executor.hpp"
#include "units/supervisor.hpp"

namespace supd {

class Operator final : public control::Port {
 public:
  struct About {
    std::string engine_reason;  ///< which engine runs, and why
    std::string cgroup_reason;  ///< where units have their cgroups, or why not
    bool has_cgroups = false;
    bool machine = false;     ///< supd is its init
    apply::Applier& changes;  ///< knows the configuration that runs; not used before the first turn of the loop
  };
  Operator(Supervisor& supervisor, Executor& executor, const io::Loop& loop, const EventLog& events, About about);

  [[nodiscard]] std::vector<UnitId> find(std::string_view pattern) const override;
  [[nodiscard]] std::string nearest_name(std::string_view name) const override;
  [[nodiscard]] std::uint32_t unit_count() const override { return supervisor_.size(); }
  [[nodiscard]] std::vector<UnitId> all_units() const override;
  [[nodiscard]] bool known(UnitId unit) const override { return supervisor_.known(unit); }
  [[nodiscard]] const std::string& name(UnitId unit) const override { return executor_.runtime(unit).spec->name; }
  [[nodiscard]] UnitStatus status(UnitId unit) const override;
  [[nodiscard]] State state(UnitId unit) const override { return supervisor_.state(unit).state; }
  [[nodiscard]] std::string cause(UnitId unit) const override { return supervisor_.cause_sentence(unit); }
  std::vector<control::Ticket> command(control::Verb verb, std::span<const UnitId> units, std::string_view by) override;
  [[nodiscard]] control::Progress progress(const control::Ticket& ticket) const override;
  std::expected<control::ChangeId, proto::RpcFault> change(control::Change change,
                                                           control::ChangeListener& listener) override {
    return about_.changes.change(std::move(change), listener);
  }
  void forget_change(control::ChangeId id) override { about_.changes.forget(id); }
  [[nodiscard]] std::string start_refusal(UnitId unit) const override;
  [[nodiscard]] std::string advice_for(std::string_view unknown) const override;
  Result<void> signal(UnitId unit, int signal) override;
  void reopen_log(UnitId unit) override { executor_.reopen_log(unit); }
  [[nodiscard]] std::vector<proto::WhyStep> why(UnitId unit) const override;
  [[nodiscard]] std::vector<proto::ShownValue> show(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::vector<proto::ShownValue> show_environment(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::string show_toml(UnitId unit, bool reveal) const override;
  [[nodiscard]] std::vector<proto::Finding> doctor() const override;
  [[nodiscard]] proto::Hello hello() const override;
  [[nodiscard]] bool ends_machine() const override { return about_.machine; }
  void shutdown(std::string_view by, EndKind how) override;
  [[nodiscard]] std::vector<proto::LogRecord> log_tail(UnitId unit, std::size_t lines) const override;
  [[nodiscard]] proto::LogSource log_source(UnitId unit) const override;
  std::uint64_t write_log_out(UnitId unit) override;
  [[nodiscard]] bool log_has_written(UnitId unit, std::uint64_t mark) const override;
  void follow_log(UnitId unit) override;
  void unfollow_log(UnitId unit) override;
  [[nodiscard]] std::vector<UnitEvent> recent_events(std::size_t count) const override;

  /// A transition in the words of the protocol.
  [[nodiscard]] UnitEvent describe(const Transition& transition) const;
  /// What shall end with supd. The first one who says so has chosen: a later wish is for the same end, and sooner.
  void choose_end(EndKind how) {
    if (!chosen_end_) chosen_end_ = how;
  }
  [[nodiscard]] std::optional<EndKind> chosen_end() const { return chosen_end_; }

 private:
  Supervisor& supervisor_;
  Executor& executor_;
  const io::Loop& loop_;
  const EventLog& events_;
  About about_;
  std::optional<EndKind> chosen_end_;
};

}  // namespace supd
