#include "daemon/sys/spawn.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>

#include "daemon/sys/clone.hpp"
#include "daemon/sys/fd_table.hpp"
#include "daemon/sys/rlimits.hpp"
#include "daemon/sys/signals.hpp"
#include "daemon/sys/spawn_child.hpp"
#include "daemon/sys/spawn_slots.hpp"

namespace supd::sys {
namespace {

/// What spawn() keeps between calls.
struct Spawner {
  SpawnSlots slots;
  ChildStack stack;
  bool clone3_works = true;
};

std::optional<Spawner>& spawner() {
  static std::optional<Spawner> kept;
  return kept;
}

/// Blocks every signal, the C library's own included, while the child runs on our memory.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() { set(~std::uint64_t{0}, &before_); }
  ~AllSignalsBlocked() { set(before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  static void set(std::uint64_t mask, std::uint64_t* before) {
    ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, before, sizeof mask);
  }
  std::uint64_t before_ = 0;
};

/// The slots hold the child's stdio for as long as this lives.
class FilledSlots {
 public:
  FilledSlots(SpawnSlots& slots, const SpawnRequest& request)
      : slots_(slots), error_(slots.fill({request.stdin_fd, request.stdout_fd, request.stderr_fd})) {}
  ~FilledSlots() { slots_.clear(); }
  FilledSlots(const FilledSlots&) = delete;
  FilledSlots& operator=(const FilledSlots&) = delete;
  [[nodiscard]] int error() const { return error_; }

 private:
  SpawnSlots& slots_;
  int error_;
};

/// Our own supplementary groups are exactly these: then an unprivileged supd need not set them.
bool have_groups(const std::vector<std::uint32_t>& wanted) {
  int count = ::getgroups(0, nullptr);
  if (count < 0 || static_cast<std::size_t>(count) != wanted.size()) return false;
  std::vector<gid_t> have(wanted.size());
  if (::getgroups(count, have.data()) != count) return false;
  return std::ranges::is_permutation(have, wanted);
}

/// A change of user never keeps supd's own supplementary groups, if we have the power to drop them.
bool must_set_groups(const RunAsSpec& who) {
  if (::geteuid() == 0) return who.set_groups || who.set_uid || who.set_gid;
  return who.set_groups && !have_groups(who.gids);
}

bool sets_nofile(const LimitSpec* limits) {
  if (limits == nullptr) return false;
  return std::ranges::any_of(limits->rlimits, [](const ResourceLimit& l) { return l.resource == RLIMIT_NOFILE; });
}

ChildPlan plan_for(const SpawnRequest& request, const SpawnSlots& slots) {
  ChildPlan plan;
  plan.search.argv = request.argv;
  plan.search.envp = request.envp;
  plan.search.search_path = request.search_path;
  plan.directory = request.directory;
  plan.stdio = slots.fds();
  plan.private_below = close_range_available() ? slots.ceiling() : 0;
  plan.changed_signals = changed_dispositions();
  plan.new_session = request.new_session;
  if (request.control != SpawnRequest::Control::none) {
    plan.take_terminal = request.control == SpawnRequest::Control::steal ? 1 : 0;
  }
  plan.limits = request.limits;
  plan.run_as = request.run_as;
  plan.set_groups = request.run_as != nullptr && must_set_groups(*request.run_as);
  if (!sets_nofile(request.limits)) plan.nofile = original_nofile_limit();
  return plan;
}

/// What clone3 says where it is not there at all: kernels before 5.3 or 5.7, container profiles.
bool means_no_clone3(int error) { return error == ENOSYS || error == EPERM || error == E2BIG || error == EINVAL; }
/// What has nothing to do with the cgroup. Anything else is about this cgroup (EBUSY, EOPNOTSUPP, EACCES,
/// ENODEV, ENOENT, ...): then the child's own write says exactly what is wrong.
bool means_no_process(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == ENOSPC;
}

std::expected<Cloned, SpawnFailure> clone_child(Spawner& with, ChildPlan& plan, BorrowedFd cgroup) {
  CloneCall call{run_child, &plan, plan.private_below != 0, {}};
  if (cgroup.valid() && with.clone3_works) {
    call.cgroup = cgroup;
    Cloned made = clone_vfork(call, with.stack);
    if (made.pid > 0) return made;
    if (means_no_clone3(made.error)) with.clone3_works = false;
    if (means_no_process(made.error)) return std::unexpected(SpawnFailure{SpawnStage::clone, made.error});
  }
  call.cgroup = {};
  UniqueFd procs;
  if (cgroup.valid()) {
    procs.reset(::openat(cgroup.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!procs.valid()) return std::unexpected(SpawnFailure{SpawnStage::cgroup, errno});
    plan.cgroup_procs = procs.get();
  }
  Cloned made = clone_vfork(call, with.stack);
  if (made.pid < 0) return std::unexpected(SpawnFailure{SpawnStage::clone, made.error});
  return made;
}

/// The child that gave up has ended, or is about to: this does not wait for long.
void reap_failed(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<void> reserve_spawn_slots() {
  if (spawner()) return {};
  auto slots = SpawnSlots::reserve();
  if (!slots) return std::unexpected(slots.error());
  auto stack = ChildStack::map();
  if (!stack) return std::unexpected(stack.error());
  spawner().emplace(std::move(*slots), std::move(*stack));
  return {};
}

std::expected<Spawned, SpawnFailure> spawn(const SpawnRequest& request) {
  if (auto ready = reserve_spawn_slots(); !ready) {
    return std::unexpected(SpawnFailure{SpawnStage::prepare, ready.error().code});
  }
  Spawner& with = *spawner();
  FilledSlots filled(with.slots, request);
  if (filled.error() != 0) return std::unexpected(SpawnFailure{SpawnStage::prepare, filled.error()});
  ChildPlan plan = plan_for(request, with.slots);
  AllSignalsBlocked quiet;
  auto made = clone_child(with, plan, request.cgroup);
  if (!made) return std::unexpected(made.error());
  if (plan.failed) {
    reap_failed(made->pid);
    if (request.missing != nullptr && plan.search.misses_interpreter()) *request.missing = plan.search.missing_text();
    return std::unexpected(plan.failure);
  }
  return Spawned{made->pid, std::move(made->pidfd)};
}

}  // namespace supd::sys
