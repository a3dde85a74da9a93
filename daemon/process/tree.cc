#include "daemon/process/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/sys/pidfd.hpp"
#include "daemon/sys/proc_tree.hpp"
#include "units/base/signal_names.hpp"

namespace supd::process {
namespace {

constexpr std::size_t max_handles = 128;  // fds held at the same time

/// The first thing that went wrong, while the others are still being signalled.
class FirstError {
 public:
  FirstError(int signal, const std::string& unit) : signal_(signal), unit_(unit) {}
  void note(int error) {
    if (error_ == 0 && error != ESRCH) error_ = error;
  }
  [[nodiscard]] Result<void> result() const {
    if (error_ == 0) return {};
    return std::unexpected(errno_error("send " + signal_name(signal_) + " to", unit_, error_));
  }

 private:
  int signal_;
  const std::string& unit_;
  int error_ = 0;
};

/// `send` for the signal, and for what a stopped process needs to hear it.
int with_wakeup(int signal, const std::function<int(int)>& send) {
  int error = send(signal);
  if (signal == SIGTERM && error == 0) (void)send(SIGCONT);
  return error;
}

struct Handle {
  pid_t pid;
  sys::UniqueFd process;
};

std::vector<Handle> open_handles(const std::vector<pid_t>& pids) {
  std::vector<Handle> handles;
  for (pid_t pid : pids) {
    if (auto process = sys::open_process(pid)) handles.push_back({pid, std::move(*process)});
  }
  return handles;
}

/// A handle was opened while its pid may already have been another process's. Being listed again, after
/// that, proves it: if the handle still names a living process, it is the listed one (promise P2).
void signal_listed(const sys::UnitCgroup& cgroup, const std::vector<pid_t>& pids, int signal, FirstError& error) {
  std::vector<Handle> handles = open_handles(pids);
  auto listed = cgroup.pids();
  if (!listed) return error.note(listed.error().code);
  std::unordered_set<pid_t> still(listed->begin(), listed->end());
  for (const Handle& handle : handles) {
    if (!still.contains(handle.pid)) continue;
    error.note(
        with_wakeup(signal, [&](int number) { return sys::pidfd_send_signal(handle.process.borrow(), number); }));
  }
}

/// Every process of the cgroup once but for those in `done`, in passes until no new one shows up.
void signal_all(const sys::UnitCgroup& cgroup, int signal, FirstError& error, std::unordered_set<pid_t> done = {}) {
  for (int pass = 0; pass < ProcessTree::max_passes; ++pass) {
    auto pids = cgroup.pids();
    if (!pids) return error.note(pids.error().code);
    std::erase_if(*pids, [&](pid_t pid) { return done.contains(pid); });
    if (pids->empty()) return;
    done.insert(pids->begin(), pids->end());
    for (std::size_t at = 0; at < pids->size(); at += max_handles) {
      auto first = pids->begin() + static_cast<std::ptrdiff_t>(at);
      auto count = std::min(max_handles, pids->size() - at);
      signal_listed(cgroup, {first, first + static_cast<std::ptrdiff_t>(count)}, signal, error);
    }
  }
}

}  // namespace

ProcessTree::ProcessTree(std::string unit, RunId run, StopScope scope, const sys::UnitCgroup* cgroup,
                         Attribution& attribution)
    : unit_(std::move(unit)), run_(run), scope_(scope), cgroup_(cgroup), attribution_(attribution) {}

ProcessTree::~ProcessTree() { attribution_.forget(run_); }

void ProcessTree::leader_started(pid_t pid, sys::BorrowedFd pidfd) {
  leader_ = pid;
  pidfd_ = pidfd;
  leader_is_ = Leader::running;
  attribution_.leader_started(unit_, run_, pid);
}

void ProcessTree::leader_exited() { leader_is_ = Leader::zombie; }

void ProcessTree::leader_reaped() {
  leader_is_ = Leader::reaped;
  pidfd_ = {};
  attribution_.leader_reaped(run_);
}

Result<void> ProcessTree::signal(int signal) {
  switch (scope_) {
    case StopScope::main_alone: return signal_leader(signal);
    case StopScope::group: return signal_group(signal);
    case StopScope::tree: break;
  }
  if (cgroup_ != nullptr) return signal == SIGKILL ? kill_cgroup() : signal_cgroup(signal);
  if (!sys::proc_available()) return signal_group(signal);
  return signal == SIGKILL ? kill_descendants() : signal_descendants(signal);
}

Result<void> ProcessTree::signal_leader(int signal) const {
  FirstError error(signal, unit_);
  if (!pinned()) return std::unexpected(errno_error("send " + signal_name(signal) + " to", unit_, ESRCH));
  error.note(with_wakeup(signal, [this](int number) {
    if (pidfd_.valid()) return sys::pidfd_send_signal(pidfd_, number);
    return ::kill(leader_, number) == 0 ? 0 : errno;  // our unreaped child: the pid is its own
  }));
  return error.result();
}

Result<void> ProcessTree::signal_group(int signal) const {
  FirstError error(signal, unit_);
  if (!pinned()) return std::unexpected(errno_error("send " + signal_name(signal) + " to group of", unit_, ESRCH));
  error.note(with_wakeup(signal, [this](int number) { return ::kill(-leader_, number) == 0 ? 0 : errno; }));
  return error.result();
}

Result<void> ProcessTree::signal_cgroup(int signal) const {
  FirstError error(signal, unit_);
  std::unordered_set<pid_t> done;
  // The leader is at hand; most units are nothing else.
  if (leader_is_ == Leader::running) {
    if (auto sent = signal_leader(signal); !sent) error.note(sent.error().code);
    if (!cgroup_->may_hold_others_than(leader_)) return error.result();
    done.insert(leader_);
  }
  signal_all(*cgroup_, signal, error, std::move(done));
  return error.result();
}

Result<void> ProcessTree::kill_cgroup() const {
  auto killed = cgroup_->kill();
  if (killed || killed.error().code == ENODEV) return {};  // ENODEV: the cgroup was removed, so it was empty
  // No cgroup.kill before Linux 5.14: hold everything still, so that nothing forks away from us.
  FirstError error(SIGKILL, unit_);
  (void)cgroup_->freeze(true);  // where there is no freezer the passes must do
  signal_all(*cgroup_, SIGKILL, error);
  (void)cgroup_->freeze(false);
  return error.result();
}

Result<bool> ProcessTree::signal_new(int signal, std::set<sys::ProcessId>& done) {
  auto processes = attribution_.processes_of(run_);
  if (!processes) return std::unexpected(processes.error());
  FirstError error(signal, unit_);
  bool found = false;
  for (const sys::ProcessInfo& process : *processes) {
    if (!done.insert(process.id).second) continue;
    found = true;
    error.note(with_wakeup(signal, [&](int number) { return sys::signal_process(process.id, number); }));
  }
  if (auto result = error.result(); !result) return std::unexpected(result.error());
  return found;
}

Result<void> ProcessTree::signal_descendants(int signal) {
  std::set<sys::ProcessId> done;
  Result<void> first;
  for (int walk = 0; walk < max_walks; ++walk) {
    auto found = signal_new(signal, done);
    if (!found && first) first = std::unexpected(found.error());
    if (found && !*found) break;
  }
  return first;
}

/// Stop everything first: what is stopped can't fork, so that the walks end. Then kill. The group goes in
/// between, in one piece: its members can't fork away from that, however fast they are, and the first walk
/// has made sure that their children outside of the group will be known as orphans.
Result<void> ProcessTree::kill_descendants() {
  std::set<sys::ProcessId> stopped;
  for (int walk = 0; walk < max_walks; ++walk) {
    auto found = signal_new(SIGSTOP, stopped);
    if (walk == 0 && pinned()) (void)signal_group(SIGKILL);
    if (found && !*found) break;
  }
  FirstError error(SIGKILL, unit_);
  for (const sys::ProcessId& process : stopped) error.note(sys::signal_process(process, SIGKILL));
  return error.result();
}

bool ProcessTree::pinned() const { return leader_is_ == Leader::running || leader_is_ == Leader::zombie; }

bool ProcessTree::gone() {
  if (leader_is_ == Leader::running) return false;
  switch (scope_) {
    case StopScope::main_alone: return true;
    case StopScope::group: return group_gone();
    case StopScope::tree: break;
  }
  if (cgroup_ != nullptr) return !cgroup_->populated();
  return leader_is_ == Leader::none || orphans_gone();
}

/// With the leader dead, whatever else lives is an orphan or below one. Without /proc there is nothing to
/// look with: the leader's end is taken for the tree's.
bool ProcessTree::orphans_gone() {
  if (!sys::proc_available()) return true;
  auto orphans = attribution_.orphans_of(run_);
  return orphans && orphans->empty();
}

bool ProcessTree::group_gone() {
  if (leader_is_ == Leader::none || !sys::proc_available()) return true;
  if (cgroup_ != nullptr && !cgroup_->populated()) return true;
  if (auto orphans = attribution_.any_orphans(); orphans && !*orphans) return true;
  auto all = sys::snapshot_processes();
  if (!all) return false;
  return std::ranges::none_of(
      *all, [this](const sys::ProcessInfo& process) { return process.group == leader_ && !process.zombie(); });
}

}  // namespace supd::process
