#include "daemon/control/units_operation.hpp"

#include <algorithm>
#include <numeric>

#include "ctl/proto/outcome.hpp"
#include "ctl/proto/reply.hpp"
#include "units/base/quantity.hpp"

namespace supd::control {
namespace {

/// Longer waits than this are the same as for ever, and would not fit a Duration.
constexpr std::int64_t longest_timeout_ms = 100LL * 365 * 24 * 3600 * 1000;

/// Units that a timeout names in its message; the rest is counted. All are in the fault's data.
constexpr std::size_t named_in_message = 5;

}  // namespace

UnitsOperation::UnitsOperation(const Call& call, std::vector<UnitId> units)
    : Operation(call.host),
      loop_(call.loop),
      port_(call.port),
      id_json_(call.id()),
      per_step_(call.bounds.units_per_step),
      pending_(units.size()) {
  entries_.reserve(units.size());
  for (UnitId unit : units) {
    indices_.emplace(unit, entries_.size());
    entries_.push_back({.unit = unit});
  }
  changed_.resize(entries_.size());
  // step() takes from the back: the first named is the first told.
  std::iota(changed_.rbegin(), changed_.rend(), std::size_t{0});
  if (!call.params().timeout_ms) return;
  timeout_ = std::chrono::milliseconds(std::min(*call.params().timeout_ms, longest_timeout_ms));
  timer_ = loop_.timer_at(loop_.now() + timeout_, *this);
}

void UnitsOperation::on_transition(UnitId unit, const UnitEvent&) {
  auto found = indices_.find(unit);
  if (found == indices_.end()) return;
  look_again(found->second);
}

void UnitsOperation::on_unit_gone(const GoneUnit& gone) {
  auto found = indices_.find(gone.unit);
  if (found == indices_.end()) return;
  entries_[found->second].last = std::make_unique<proto::UnitResult>(gone.name, false, gone.state, gone.cause);
  look_again(found->second);
  indices_.erase(found);
}

void UnitsOperation::look_again(std::size_t index) {
  Entry& entry = entries_[index];
  if (entry.changed || entry.progress != Progress::pending) return;
  entry.changed = true;
  changed_.push_back(index);
  wake();
}

void UnitsOperation::on_timer(io::OpId, bool canceled) noexcept {
  timer_ = {};
  if (canceled) return;
  time_is_up_ = true;
  wake();
}

Operation::Step UnitsOperation::step(std::string& out) {
  for (std::size_t i = 0; i < per_step_ && !changed_.empty(); ++i) {
    std::size_t index = changed_.back();
    changed_.pop_back();
    look_at(index, out);
  }
  if (!changed_.empty()) return Step::more;
  if (pending_ == 0) {
    answer(out);
    return Step::done;
  }
  if (!time_is_up_) return Step::waiting;
  give_up(out);
  return Step::done;
}

void UnitsOperation::look_at(std::size_t index, std::string& out) {
  Entry& entry = entries_[index];
  entry.changed = false;
  entry.progress = entry.last ? judge_gone(index) : judge(index);
  if (entry.progress != Progress::pending) --pending_;
  proto::UnitResult now = result(entry);
  proto::write_progress(out, id_json_, {std::move(now.name), now.state, std::move(now.cause)});
}

proto::UnitResult UnitsOperation::result(const Entry& entry) const {
  bool ok = entry.progress == Progress::done;
  if (entry.last) return {entry.last->name, ok, entry.last->state, entry.last->cause};
  return {port_.name(entry.unit), ok, port_.state(entry.unit), port_.cause(entry.unit)};
}

void UnitsOperation::answer(std::string& out) const {
  std::vector<proto::UnitResult> results;
  results.reserve(entries_.size());
  for (const Entry& entry : entries_) results.push_back(result(entry));
  proto::write_results(out, id_json_, results);
}

std::string UnitsOperation::timeout_text(std::span<const proto::UnitResult> late) const {
  std::string text = "timed out after " + duration_text(timeout_) + ":";
  std::size_t named = std::min(late.size(), named_in_message);
  for (const proto::UnitResult& unit : late.first(named)) {
    text += " " + unit.name + " is " + std::string(state_name(unit.state)) + " (" + unit.cause + "),";
  }
  text.pop_back();
  if (named < late.size()) text += " and " + std::to_string(late.size() - named) + " more";
  return text;
}

void UnitsOperation::give_up(std::string& out) const {
  proto::RpcFault fault{static_cast<int>(proto::Outcome::timed_out), {}, {}, {}, id_json_};
  for (const Entry& entry : entries_) {
    if (entry.progress == Progress::pending) fault.units.push_back(result(entry));
  }
  fault.message = timeout_text(fault.units);
  proto::write_fault(out, fault);
}

}  // namespace supd::control
