#include "daemon/process/attribution.hpp"

#include <unistd.h>

#include <algorithm>
#include <unordered_set>

#include "daemon/process/environment.hpp"

namespace supd::process {

void Attribution::leader_started(std::string_view unit, RunId run, pid_t leader) {
  std::string marker = run_marker(unit, run);
  by_marker_[marker] = run;
  // A session's number stays taken while it has a member: nobody of an earlier run of that number lives.
  by_session_[leader] = run;
  runs_[run] = Run{std::move(marker), leader, true};
}

void Attribution::leader_reaped(RunId run) {
  auto found = runs_.find(run);
  if (found != runs_.end()) found->second.leader_is_child = false;
}

void Attribution::forget(RunId run) {
  auto found = runs_.find(run);
  if (found == runs_.end()) return;
  by_marker_.erase(found->second.marker);
  auto session = by_session_.find(found->second.leader);
  if (session != by_session_.end() && session->second == run) by_session_.erase(session);
  std::erase_if(seen_, [run](const auto& entry) { return entry.second.run == run; });
  runs_.erase(found);
}

bool Attribution::is_leader(pid_t pid) const {
  auto session = by_session_.find(pid);
  if (session == by_session_.end()) return false;
  auto run = runs_.find(session->second);
  return run != runs_.end() && run->second.leader_is_child;
}

RunId Attribution::recognise(const sys::ProcessInfo& orphan) const {
  if (auto marker = sys::environment_value(orphan.id.pid, run_variable)) {
    auto found = by_marker_.find(*marker);
    if (found != by_marker_.end()) return found->second;
  }
  auto found = by_session_.find(orphan.session);
  return found != by_session_.end() ? found->second : RunId{};
}

RunId Attribution::owner_of(const sys::ProcessInfo& orphan) {
  auto known = seen_.find(orphan.id.pid);
  if (known != seen_.end() && known->second.start_ticks == orphan.id.start_ticks) return known->second.run;
  RunId run = recognise(orphan);
  // A stranger is asked again the next time: in the middle of an execve its environment reads as empty.
  if (run.valid()) seen_[orphan.id.pid] = {orphan.id.start_ticks, run};
  return run;
}

Result<bool> Attribution::any_orphans() const {
  auto children = sys::own_children();
  if (!children) return std::unexpected(children.error());
  return std::ranges::any_of(*children, [this](pid_t pid) { return !is_leader(pid); });
}

Result<std::vector<pid_t>> Attribution::orphans_of(RunId run) {
  auto children = sys::own_children();
  if (!children) return std::unexpected(children.error());
  std::vector<pid_t> orphans;
  for (pid_t pid : *children) {
    if (is_leader(pid)) continue;
    auto info = sys::read_process(pid);
    if (info && !info->zombie() && owner_of(*info) == run) orphans.push_back(pid);
  }
  return orphans;
}

Result<std::vector<sys::ProcessInfo>> Attribution::processes_of(RunId run) {
  auto all = sys::snapshot_processes();
  if (!all) return std::unexpected(all.error());
  forget_dead(*all);
  pid_t self = ::getpid();
  auto found = runs_.find(run);
  std::vector<pid_t> roots;
  if (found != runs_.end() && found->second.leader_is_child) roots.push_back(found->second.leader);
  for (const sys::ProcessInfo& process : *all) {
    bool orphan = process.parent == self && !process.zombie() && !is_leader(process.id.pid);
    if (orphan && owner_of(process) == run) roots.push_back(process.id.pid);
  }
  std::vector<sys::ProcessInfo> ours = sys::descendants_of(*all, roots);
  for (const sys::ProcessInfo& process : ours) seen_[process.id.pid] = {process.id.start_ticks, run};
  return ours;
}

void Attribution::forget_dead(const std::vector<sys::ProcessInfo>& snapshot) {
  std::erase_if(seen_, [&](const auto& entry) {
    sys::ProcessId id{entry.first, entry.second.start_ticks};
    return !std::ranges::binary_search(snapshot, id, {}, &sys::ProcessInfo::id);
  });
}

}  // namespace supd::process
