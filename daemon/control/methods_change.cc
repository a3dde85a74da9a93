// config.*: what another configuration would do, taking it over, and what people say beside the files.

#include <algorithm>
#include <unordered_map>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "daemon/control/methods.hpp"
#include "daemon/control/units_operation.hpp"
#include "units/base/quantity.hpp"

namespace supd::control {
namespace {

class ChangeOperation final : public UnitsOperation, ChangeListener {
 public:
  explicit ChangeOperation(const Call& call) : UnitsOperation(call, {}), wait_(call.params().wait.value_or(true)) {}
  ~ChangeOperation() override {
    if (id_ != 0) port().forget_change(id_);
  }

  Handled begin(Change change) {
    ChangeListener& listener = *this;
    auto id = port().change(std::move(change), listener);
    if (!id) return std::unexpected(std::move(id.error()));
    id_ = *id;
    return {};
  }

 private:
  void on_changed(proto::ChangeReport report, std::vector<Ticket> tickets, bool watched) override {
    report_ = std::move(report);
    changed_ = true;
    watched_ = watched;
    if (!watched) id_ = 0;
    if (wait_ || watched) wait_for(tickets);
    wake();
  }

  void on_watched(std::optional<proto::RpcFault> undone) override {
    id_ = 0;
    watched_ = false;
    decided_ = true;
    fault_ = std::move(undone);
    wake();
  }

  void on_refused(proto::RpcFault why) override {
    id_ = 0;
    fault_ = std::move(why);
    wake();
  }

  void wait_for(const std::vector<Ticket>& tickets) {
    std::vector<UnitId> units;
    for (const Ticket& ticket : tickets) {
      if (tickets_.emplace(ticket.unit, ticket).second) units.push_back(ticket.unit);
    }
    add_units(units);
  }

  [[nodiscard]] Progress judge(std::size_t index) const override { return port().progress(tickets_.at(unit(index))); }

  [[nodiscard]] Progress judge_gone(std::size_t index) const override {
    return tickets_.at(unit(index)).verb == Verb::stop ? Progress::done : Progress::failed;
  }

  [[nodiscard]] bool complete(bool none_pending) const override {
    return fault_ || (changed_ && !watched_ && (none_pending || decided_));
  }

  [[nodiscard]] std::string waits_for() const override {
    return changed_ ? "the change is in force, and still watched" : "the configuration is still being read";
  }

  void answer(std::string& out, std::vector<proto::UnitResult> results) override {
    if (fault_) {
      fault_->id_json = id_json();
      return proto::write_fault(out, *fault_);
    }
    report_.results = std::move(results);
    proto::write_change(out, id_json(), report_);
  }

  bool wait_;
  bool changed_ = false, watched_ = false, decided_ = false;
  ChangeId id_ = 0;  ///< while there is something to hear
  std::optional<proto::RpcFault> fault_;
  proto::ChangeReport report_;
  std::unordered_map<UnitId, Ticket> tickets_;
};

Handled begin(Call& call, Change change) {
  change.by = call.peer.text();
  change.units = call.params().units;
  change.now = call.params().now.value_or(false);
  bool too_long = std::ranges::any_of(change.units,
                                      [&](const std::string& name) { return name.size() > call.bounds.pattern_bytes; });
  if (too_long) return refuse(static_cast<int>(proto::Outcome::no_such_unit), "no unit has a name that long");
  auto operation = std::make_unique<ChangeOperation>(call);
  if (auto begun = operation->begin(std::move(change)); !begun) return begun;
  call.result = std::move(operation);
  return {};
}

Handled of_units(Call& call, ChangeKind kind) {
  if (call.params().units.empty()) return refuse(proto::invalid_params, "units is missing: say which");
  return begin(call, {.kind = kind});
}

}  // namespace

Handled handle_config_diff(Call& call) { return begin(call, {.kind = ChangeKind::diff}); }

Handled handle_config_apply(Call& call) {
  Change change{.kind = ChangeKind::apply};
  if (!call.params().units.empty()) return refuse(proto::invalid_params, "all files are applied, not those of a unit");
  if (auto ms = call.params().watch_ready_ms) {
    if (*ms > std::chrono::duration_cast<std::chrono::milliseconds>(longest_watch).count()) {
      return refuse(proto::invalid_params, "watch_ready_ms can't be more than " + duration_text(longest_watch));
    }
    change.watch_ready = std::chrono::milliseconds(*ms);
  }
  return begin(call, std::move(change));
}

Handled handle_config_enable(Call& call) { return of_units(call, ChangeKind::enable); }
Handled handle_config_disable(Call& call) { return of_units(call, ChangeKind::disable); }
Handled handle_config_mask(Call& call) { return of_units(call, ChangeKind::mask); }
Handled handle_config_unmask(Call& call) { return of_units(call, ChangeKind::unmask); }
Handled handle_config_scale(Call& call) { return of_units(call, ChangeKind::scale); }

}  // namespace supd::control
