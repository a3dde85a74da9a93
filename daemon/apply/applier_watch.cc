// Applier: changes that are watched, and undone when a unit does not come up.

#include <algorithm>
#include <utility>

#include "ctl/proto/outcome.hpp"
#include "daemon/apply/applier.hpp"
#include "daemon/log/own_log.hpp"

namespace supd::apply {
namespace {

constexpr std::size_t named_in_message = 5;

proto::RpcFault fault_of(const Watch::Lost& lost) {
  proto::RpcFault fault{static_cast<int>(proto::Outcome::failed), lost.unit + ": " + lost.why, {}, {}};
  fault.units.push_back({lost.unit, false, lost.state, lost.why});
  fault.hint = "the files on the disk are as they were written: correct them, or the next apply tries them again";
  return fault;
}

}  // namespace

Applier::Undo Applier::undo_of(const config::Plan& plan) const {
  Undo undo;
  for (const config::UnitChange& change : plan.units) {
    if (change.difference == config::Difference::same) continue;
    UnitId unit = world_.supervisor.find(change.unit);
    bool wanted = unit.valid() && world_.supervisor.state(unit).wanted;
    undo.units.push_back({change.unit, wanted, change.consequence == config::Consequence::restart});
  }
  return undo;
}

void Applier::on_transition(UnitId unit) {
  if (watch_ != nullptr) watch_->on_transition(unit);
}

void Applier::on_unit_gone(UnitId unit) {
  if (watch_ != nullptr) watch_->on_unit_gone(unit);
}

void Applier::judge(const std::optional<Watch::Lost>& lost) {
  if (lost) {
    undo(*lost);
  } else {
    end_watch(std::nullopt);
  }
}

/// Everything that was changed goes back. What had its process replaced gets one of the old kind, whatever has
/// become of the new one; and what people wanted before is wanted again.
void Applier::undo(const Watch::Lost& lost) {
  undo_->fault = fault_of(lost);
  config::Plan plan = plan_for(std::move(undo_->back));
  std::vector<std::string> restart;
  for (const Undo::Touched& touched : undo_->units) {
    if (touched.replaced && touched.wanted) restart.push_back(touched.unit);
  }
  auto tickets = carry_out(plan, undo_->before, std::move(restart));
  if (!tickets) {
    undo_->fault.message += "; this could not be undone: " + tickets.error().message;
    return end_watch(std::move(undo_->fault));
  }
  restore_wishes(*tickets);
  std::string names;
  for (std::size_t i = 0; i < std::min(undo_->units.size(), named_in_message); ++i) {
    names += (names.empty() ? "" : ", ") + undo_->units[i].unit;
  }
  if (undo_->units.size() > named_in_message) {
    names += " and " + std::to_string(undo_->units.size() - named_in_message) + " more";
  }
  undo_->fault.message += "; rolled back to the configuration before: " + names;
  log::warn("configuration changed back: " + undo_->fault.message);
  watch_ = std::make_unique<Watch>(world_.loop, world_.supervisor, *tickets, WatchTimes{.limit = undo_->limit},
                                   [this](const std::optional<Watch::Lost>& still) { end_undo(still); });
}

void Applier::restore_wishes(Tickets& tickets) {
  std::vector<UnitId> start, stop;
  for (const Undo::Touched& touched : undo_->units) {
    UnitId unit = world_.supervisor.find(touched.unit);
    if (!unit.valid()) continue;
    bool wanted = world_.supervisor.state(unit).wanted;
    if (touched.wanted && !wanted) start.push_back(unit);
    if (!touched.wanted && wanted) stop.push_back(unit);
  }
  give(control::Verb::start, start, tickets);
  give(control::Verb::stop, stop, tickets);
}

void Applier::end_undo(const std::optional<Watch::Lost>& lost) {
  if (lost) {
    undo_->fault.message += "; " + lost->unit + " is not up again: " + lost->why;
    undo_->fault.units.push_back({lost->unit, false, lost->state, lost->why});
  }
  end_watch(std::move(undo_->fault));
}

/// What is not in force any more is given up: the old configuration, or the new one.
void Applier::end_watch(std::optional<proto::RpcFault> fault) {
  watch_.reset();
  std::vector<std::shared_ptr<const void>> leftovers{std::move(undo_->before)};
  undo_.reset();
  if (queue_.front().listener != nullptr) queue_.front().listener->on_watched(std::move(fault));
  end(std::move(leftovers));
}

}  // namespace supd::apply
