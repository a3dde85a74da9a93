#include "daemon/apply/candidate.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ctl/proto/outcome.hpp"
#include "daemon/apply/graph_errors.hpp"
#include "daemon/apply/override_change.hpp"
#include "daemon/apply/report.hpp"

namespace supd::apply {
namespace {

using config::Loaded;

/// Finds units by name. Two configurations have most units in the same order: then no index is needed.
class Finder {
 public:
  explicit Finder(const config::Loaded& loaded) : units_(loaded.units) {}

  const config::Unit* find(std::string_view name) {
    if (next_ < units_.size() && units_[next_].spec->name == name) return &units_[next_++];
    if (places_.empty()) index();
    auto found = places_.find(name);
    if (found == places_.end()) return nullptr;
    next_ = found->second + 1;
    return &units_[found->second];
  }

 private:
  void index() {
    places_.reserve(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) places_.emplace(units_[i].spec->name, i);
  }

  const std::vector<config::Unit>& units_;
  std::unordered_map<std::string_view, std::size_t> places_;
  std::size_t next_ = 0;
};

/// Specs of `after` that equal those of `before` become the same objects: then what is the same is seen at once.
void keep_equal(const Loaded& before, Loaded& after) {
  Finder old(before);
  for (config::Unit& unit : after.units) {
    const config::Unit* found = old.find(unit.spec->name);
    if (found == nullptr || found->spec == unit.spec) continue;
    if (*found->spec == *unit.spec) unit.spec = found->spec;
  }
}

std::shared_ptr<Loaded> read_files(const Task& task, const config::Overrides& overrides) {
  config::LoadRequest request = task.source;
  request.previous = task.running;
  request.overrides = overrides;
  return std::make_shared<Loaded>(config::load(request));
}

/// Whether files say something else than what runs, but for instances of templates that are new. What is written
/// counts: that a glob matches one more unit is no change of a file.
bool files_differ(const Loaded& running, const Loaded& loaded) {
  if (running.daemon != loaded.daemon) return true;
  std::unordered_map<std::string_view, const UnitSpec*> left;
  for (const config::Unit& unit : running.declared) left.emplace(unit.spec->name, unit.spec.get());
  for (const config::Unit& unit : loaded.declared) {
    auto found = left.find(unit.spec->name);
    bool is_instance = unit.spec->name.find('@') != std::string::npos;
    if (found == left.end() ? !is_instance : *found->second != *unit.spec) return true;
    if (found != left.end()) left.erase(found);
  }
  return !left.empty();
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

/// Whether names or dependencies are others: else the graph is the one that runs, and sound.
bool changes_graph(const config::Comparison& changes) {
  return std::ranges::any_of(changes.units, [](const config::Comparison::Entry& entry) {
    bool same_name = entry.change.difference == config::Difference::changed;
    return !same_name || std::ranges::any_of(entry.change.keys, [](const config::KeyChange& key) {
      return key.key.starts_with("depends.");
    });
  });
}

/// Checked, and with all that is the same as before.
Candidate checked(const Loaded& running, std::shared_ptr<Loaded> loaded) {
  if (!loaded->ok()) return refused(fault_of(*loaded));
  keep_equal(running, *loaded);
  Candidate candidate;
  candidate.there = config::compare(running, *loaded);
  if (changes_graph(candidate.there) && !check_graph(*loaded)) return refused(fault_of(*loaded));
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
  if (!candidate.refusal && read && files_differ(running, *candidate.loaded)) candidate.refusal = apply_first();
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
  Candidate candidate = checked(*task.running, read_files(task, task.running->overrides));
  bool may_be_undone = task.change.watch_ready && !candidate.refusal;
  if (may_be_undone) candidate.back = config::compare(*candidate.loaded, *task.running);
  return candidate;
}

}  // namespace supd::apply
