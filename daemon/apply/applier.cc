#include "daemon/apply/applier.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "config/plan/plan.hpp"
#include "ctl/proto/outcome.hpp"
#include "daemon/apply/report.hpp"
#include "daemon/log/own_log.hpp"
#include "units/base/glob.hpp"

namespace supd::apply {
namespace {

using config::Consequence;
using config::Difference;
using control::ChangeKind;
using control::Ticket;
using control::Verb;

proto::RpcFault failure(std::string message) {
  return {static_cast<int>(proto::Outcome::failed), std::move(message), {}, {}};
}

bool is_of_files(ChangeKind kind) { return kind == ChangeKind::diff || kind == ChangeKind::apply; }

/// To be enabled is one thing, to be started another: that is said by `now`.
void leave_down(config::Plan& plan) {
  for (config::UnitChange& unit : plan.units) {
    bool enabled = unit.difference == Difference::changed && unit.consequence == Consequence::start;
    if (enabled) unit.consequence = Consequence::none;
  }
}

/// Units whose own values ask for another process; who goes along with them is the core's business.
std::vector<std::string> to_restart(const config::Plan& plan) {
  std::vector<std::string> names;
  for (const config::UnitChange& unit : plan.units) {
    if (unit.difference == Difference::changed && unit.consequence == Consequence::restart) names.push_back(unit.unit);
  }
  return names;
}

bool matches(std::string_view unit, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return true;
  return std::ranges::any_of(patterns, [unit](const std::string& pattern) { return glob_matches(pattern, unit); });
}

/// The first pattern that means no unit of either configuration; nullptr: none.
const std::string* unmatched(const std::vector<std::string>& patterns, const config::Loaded& a,
                             const config::Loaded& b) {
  for (const std::string& pattern : patterns) {
    auto fits = [&pattern](const config::Unit& unit) { return glob_matches(pattern, unit.spec->name); };
    if (!std::ranges::any_of(a.units, fits) && !std::ranges::any_of(b.units, fits)) return &pattern;
  }
  return nullptr;
}

}  // namespace

Applier::Applier(World world, std::shared_ptr<const config::Loaded> running, config::LoadRequest source)
    : world_(world), running_(std::move(running)), source_(std::move(source)), background_(world.loop) {}

std::expected<control::ChangeId, proto::RpcFault> Applier::change(control::Change change,
                                                                  control::ChangeListener& listener) {
  if (world_.supervisor.shutting_down()) return std::unexpected(failure("supd is stopping"));
  if (queue_.size() > max_waiting) {
    return std::unexpected(
        failure(std::to_string(max_waiting) + " changes of the configuration are waiting already: try again later"));
  }
  queue_.push_back({++last_id_, std::move(change), &listener});
  if (under_way_) return last_id_;
  if (auto begun = begin(); !begun) {
    queue_.pop_back();
    return std::unexpected(failure(begun.error().text()));
  }
  return last_id_;
}

void Applier::forget(control::ChangeId id) {
  auto job = std::ranges::find(queue_, id, &Job::id);
  if (job != queue_.end()) job->listener = nullptr;
}

/// The thread has all that it needs in a task of its own.
Result<void> Applier::begin() {
  auto task = std::make_shared<const Task>(queue_.front().change, running_, source_);
  auto candidate = std::make_shared<Candidate>();
  auto begun =
      background_.start([task, candidate] { *candidate = prepare(*task); }, [this, candidate] { take(candidate); });
  under_way_ = begun.has_value();
  return begun;
}

void Applier::begin_next() {
  under_way_ = false;
  while (!queue_.empty()) {
    auto begun = begin();
    if (begun) return;
    control::ChangeListener* listener = queue_.front().listener;
    queue_.pop_front();
    if (listener != nullptr) listener->on_refused(failure(begun.error().text()));
  }
}

/// The first of the queue is through. What is not needed any more is given up in a thread, because that takes as
/// long as there are units.
void Applier::end(std::vector<std::shared_ptr<const void>> leftovers) {
  queue_.pop_front();
  auto give_up = [leftovers = std::move(leftovers)]() mutable {
    leftovers.clear();
    ::malloc_trim(0);
  };
  if (!background_.start(std::move(give_up), [this] { begin_next(); })) begin_next();
}

void Applier::refuse(proto::RpcFault why) {
  if (queue_.front().listener != nullptr) queue_.front().listener->on_refused(std::move(why));
  end();
}

void Applier::take(std::shared_ptr<Candidate> candidate) {
  if (candidate->refusal) return refuse(std::move(*candidate->refusal));
  if (queue_.front().change.kind == ChangeKind::diff) return answer_diff(std::move(candidate));
  commit(std::move(candidate));
}

config::Plan Applier::plan_for(config::Comparison comparison) const {
  return config::settle(std::move(comparison), [this](std::string_view name) {
    UnitId unit = world_.supervisor.find(name);
    if (!unit.valid()) return config::UnitNow{};
    const UnitState& state = world_.supervisor.state(unit);
    return config::UnitNow{state.wanted, state.alive()};
  });
}

void Applier::answer_diff(std::shared_ptr<Candidate> candidate) {
  const config::Loaded& loaded = *candidate->loaded;
  const Job& job = queue_.front();
  const auto& patterns = job.change.units;
  if (const std::string* pattern = unmatched(patterns, *running_, loaded)) {
    return refuse({static_cast<int>(proto::Outcome::no_such_unit),
                   "no such unit: \"" + *pattern + "\"",
                   world_.port.nearest_name(*pattern),
                   {}});
  }
  if (job.listener != nullptr) {
    auto report = report_of(plan_for(std::move(candidate->there)),
                            [&](std::string_view unit) { return matches(unit, patterns); });
    report.warnings = warnings_of(loaded);
    job.listener->on_changed(std::move(report), {}, false);
  }
  end({std::move(candidate)});
}

void Applier::commit(std::shared_ptr<Candidate> candidate) {
  Job& job = queue_.front();
  auto before = running_;
  config::Plan plan = plan_for(std::move(candidate->there));
  if (!is_of_files(job.change.kind)) leave_down(plan);
  Undo undo = undo_of(plan);
  undo.before = before;
  undo.back = std::move(candidate->back);
  auto tickets = carry_out(plan, candidate->loaded, to_restart(plan));
  if (!tickets) return refuse(std::move(tickets.error()));
  start_enabled(plan, *tickets);
  if (job.change.now) command_now(*candidate, *tickets);
  auto report = report_of(plan);
  report.warnings = warnings_of(*candidate->loaded);
  report.notes = std::move(candidate->notes);
  log::info("configuration changed for " + job.change.by + ": " + proto::counts_text(report.counts));
  bool watched = job.change.watch_ready.has_value();
  if (watched) {
    undo.limit = *job.change.watch_ready;
    undo_ = std::move(undo);
    watch_ = std::make_unique<Watch>(world_.loop, world_.supervisor, *tickets, WatchTimes{undo_->limit, stay_up},
                                     [this](const std::optional<Watch::Lost>& lost) { judge(lost); });
  }
  if (job.listener != nullptr) job.listener->on_changed(std::move(report), std::move(*tickets), watched);
  if (!watched) end({std::move(before), std::move(candidate)});
}

/// Carries the plan out and returns what is under way because of it.
std::expected<Applier::Tickets, proto::RpcFault> Applier::carry_out(const config::Plan& plan,
                                                                    std::shared_ptr<const config::Loaded> next,
                                                                    std::vector<std::string> restart) {
  const Supervisor& core = world_.supervisor;
  struct Before {
    UnitId unit;
    std::uint64_t run = 0;
    bool wanted = false;
  };
  std::vector<Before> before;
  for (const config::UnitChange& change : plan.units) {
    UnitId unit = core.find(change.unit);
    if (!unit.valid()) {
      before.push_back({});
      continue;
    }
    before.push_back({unit, core.state(unit).run.value, core.state(unit).wanted});
  }
  auto done = world_.executor.reconfigure({next->specs(), std::move(restart)});
  if (!done) return std::unexpected(failure(done.error().front().message));
  running_ = std::move(next);
  if (!plan.settings.empty()) world_.settings.on_settings(running_->daemon);
  Tickets tickets;
  for (std::size_t i = 0; i < plan.units.size(); ++i) {
    const auto& [old, run, was_wanted] = before[i];
    UnitId unit = core.find(plan.units[i].unit);
    if (old.valid() && old != unit && core.known(old)) tickets.push_back({old, Verb::stop, run});
    bool starts = plan.units[i].difference == Difference::added || old != unit;
    bool restarts = plan.units[i].consequence == Consequence::restart && was_wanted;
    if (!unit.valid() || core.spec(unit).masked || !core.state(unit).wanted) continue;
    if (starts) tickets.push_back({unit, Verb::start, core.state(unit).run.value});
    if (restarts && !starts) tickets.push_back({unit, Verb::restart, run});
  }
  return tickets;
}

/// The core starts what is new; what has become enabled is started here.
void Applier::start_enabled(const config::Plan& plan, Tickets& tickets) {
  std::vector<UnitId> units;
  for (const config::UnitChange& change : plan.units) {
    if (change.difference != Difference::changed || change.consequence != Consequence::start) continue;
    units.push_back(world_.supervisor.find(change.unit));
  }
  give(Verb::start, units, tickets);
}

void Applier::command_now(Candidate& candidate, Tickets& tickets) {
  Verb verb = queue_.front().change.kind == ChangeKind::enable ? Verb::start : Verb::stop;
  std::vector<UnitId> units;
  for (const std::string& name : candidate.units) {
    UnitId unit = world_.supervisor.find(name);
    if (!unit.valid()) continue;
    std::string why = verb == Verb::start ? world_.port.start_refusal(unit) : "";
    if (why.empty()) {
      units.push_back(unit);
    } else {
      candidate.notes.push_back(why);
    }
  }
  give(verb, units, tickets);
}

void Applier::give(Verb verb, const std::vector<UnitId>& units, Tickets& tickets) {
  if (units.empty()) return;
  Tickets more = world_.port.command(verb, units, queue_.front().change.by);
  tickets.insert(tickets.end(), more.begin(), more.end());
}

}  // namespace supd::apply
