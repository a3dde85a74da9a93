#include "daemon/apply/candidate.hpp"

#include <algorithm>
#include <utility>

#include "config/plan/plan.hpp"
#include "ctl/proto/outcome.hpp"
#include "daemon/apply/graph_errors.hpp"
#include "daemon/apply/override_change.hpp"
#include "daemon/apply/report.hpp"

namespace supd::apply {
namespace {

using config::Loaded;

std::shared_ptr<Loaded> read_files(const Task& task, const config::Overrides& overrides) {
  config::LoadRequest request = task.source;
  request.previous = task.running;
  request.overrides = overrides;
  return std::make_shared<Loaded>(config::load(request));
}

/// Whether files say something else than what runs, but for instances of templates that are new.
bool files_differ(const Delta& delta) {
  config::Plan plan = plan_of(delta, false, [](std::string_view) { return config::UnitNow{}; });
  auto is_instance = [](const config::UnitChange& unit) {
    return unit.difference == config::Difference::added && unit.unit.find('@') != std::string::npos;
  };
  return !plan.settings.empty() || !std::ranges::all_of(plan.units, is_instance);
}

proto::RpcFault apply_first() {
  proto::RpcFault fault{static_cast<int>(proto::Outcome::failed),
                        "files were changed and not applied: an instance of a template can't be made now",
                        {},
                        {}};
  fault.hint = "look at 'supctl diff', say 'supctl apply', then try again";
  return fault;
}

/// As it runs, with other overrides. Disk files are not read again.
std::shared_ptr<Loaded> with_overrides(const Loaded& running, config::Overrides overrides) {
  auto loaded = std::make_shared<Loaded>(running);
  loaded->overrides = std::move(overrides);
  loaded->diagnostics.clear();
  loaded->more = 0;
  config::realize(*loaded);
  return loaded;
}

Candidate refused(proto::RpcFault why) {
  Candidate candidate;
  candidate.refusal = std::move(why);
  return candidate;
}

/// Checked, and with all that is the same as before.
Candidate checked(const Loaded& running, std::shared_ptr<Loaded> loaded) {
  if (!check_graph(*loaded)) return refused(fault_of(*loaded));
  keep_equal(running, *loaded);
  Candidate candidate;
  candidate.delta = delta_of(running, *loaded);
  candidate.loaded = std::move(loaded);
  return candidate;
}

std::optional<std::string> save(const config::Overrides& overrides) {
  if (overrides.file.empty()) return "there is no directory to keep it in";
  auto saved = config::save_overrides(overrides);
  return saved ? std::nullopt : std::optional(saved.error().text());
}

Candidate change_what_people_say(const Task& task) {
  const Loaded& running = *task.running;
  auto said = change_overrides(running, task.change);
  if (!said) return refused(std::move(said.error()));
  auto exists = [&](const std::string& name) {
    return std::ranges::any_of(running.declared, [&](const config::Unit& unit) { return unit.spec->name == name; });
  };
  bool read = said->instances && !std::ranges::all_of(said->units, exists);
  bool changed = said->overrides != running.overrides;
  auto loaded = read ? read_files(task, said->overrides) : with_overrides(running, said->overrides);
  Candidate candidate = checked(running, std::move(loaded));
  if (!candidate.refusal && read && files_differ(candidate.delta)) candidate.refusal = apply_first();
  if (candidate.refusal) return candidate;
  candidate.units = std::move(said->units);
  candidate.notes = std::move(said->notes);
  auto not_kept = changed ? save(said->overrides) : std::nullopt;
  if (not_kept) candidate.notes.push_back("this holds until supd ends and is not kept: " + *not_kept);
  return candidate;
}

}  // namespace

Candidate prepare(const Task& task) {
  bool of_files = task.change.kind == control::ChangeKind::diff || task.change.kind == control::ChangeKind::apply;
  if (!of_files) return change_what_people_say(task);
  return checked(*task.running, read_files(task, task.running->overrides));
}

}  // namespace supd::apply
