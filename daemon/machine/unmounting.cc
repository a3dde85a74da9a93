#include "daemon/machine/unmounting.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"

namespace supd::machine {
namespace {

constexpr timespec look_again{0, 5'000'000};

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

/// The state of one end: what has been told as hanging is not tried again.
class Run {
 public:
  explicit Run(const Unmounting& unmounting) : does_(unmounting), until_(now_ms() + unmounting.together_ms) {}

  Ended aside(int longest_ms, const std::function<bool()>& step) const {
    auto left = static_cast<int>(std::max<std::int64_t>(until_ - now_ms(), 0));
    return left == 0 ? Ended::hangs : run_aside(std::min(longest_ms, left), step);
  }

  /// False: it is still there.
  bool unmount(const std::string& path) {
    Ended ended = aside(does_.each_ms, [&] { return does_.unmount(path, false); });
    if (ended != Ended::hangs) return ended == Ended::well;
    log::warn("unmounting " + path + " hangs: it is detached as it is");
    // What lies below can go then.
    hanging_.push_back(path);
    return aside(does_.each_ms, [&] { return does_.unmount(path, true); }) == Ended::well;
  }

  bool make_read_only(const std::string& path) const {
    return aside(does_.each_ms, [&] { return does_.make_read_only(path); }) == Ended::well;
  }

  void unmount_all() {
    for (const std::string& path : unmount_order(does_.points())) {
      if (std::ranges::find(hanging_, path) == hanging_.end()) static_cast<void>(unmount(path));
    }
  }

  void save_the_rest() const {
    for (const std::string& path : unmount_order(does_.points())) {
      if (std::ranges::find(hanging_, path) != hanging_.end()) continue;
      log::warn(path + (make_read_only(path) ? " is still in use: it is read-only now"
                                             : " is still in use, and can't be made read-only"));
    }
  }

 private:
  const Unmounting& does_;
  std::int64_t until_;
  std::vector<std::string> hanging_;
};

}  // namespace

Ended run_aside(int longest_ms, const std::function<bool()>& step) {
  pid_t child = ::fork();
  if (child == 0) ::_exit(step() ? 0 : 1);
  if (child < 0) return Ended::badly;
  const std::int64_t until = now_ms() + longest_ms;
  for (int status = 0;;) {
    pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ended::well : Ended::badly;
    if (ended < 0 && errno != EINTR) return Ended::badly;
    if (now_ms() >= until) break;
    ::nanosleep(&look_again, nullptr);
  }
  // Ours and not reaped, so the pid is still its own. In the kernel it may stay all the same.
  ::kill(child, SIGKILL);
  return Ended::hangs;
}

void unmount_everything(const Unmounting& unmounting) {
  Run run(unmounting);
  if (unmounting.points().empty()) log::warn("no /proc: what is mounted is not known, and stays as it is");
  bool root_is_safe = run.make_read_only("/");
  auto plain = [](const std::function<void()>& step) { return [&step] { return step(), true; }; };
  if (run.aside(unmounting.sync_ms, plain(unmounting.sync)) == Ended::hangs) log::warn("writing to a disk hangs");
  if (run.aside(unmounting.sync_ms, plain(unmounting.swap_off)) == Ended::hangs) log::warn("swapoff hangs");
  // What one pass could not unmount may be free once others are gone.
  for (int pass = 0; pass < 2; ++pass) run.unmount_all();
  run.save_the_rest();
  if (!root_is_safe && !run.make_read_only("/")) log::warn("the root file system can't be made read-only");
  static_cast<void>(run.aside(unmounting.each_ms, plain(unmounting.sync)));
}

Unmounting of_this_machine() {
  return {.points = sys::mount_points,
          .sync = [] { ::sync(); },
          .swap_off = sys::swap_off_all,
          .unmount = [](const std::string& path, bool lazy) { return sys::unmount(path, lazy).has_value(); },
          .make_read_only = [](const std::string& path) { return sys::remount_read_only(path).has_value(); }};
}

}  // namespace supd::machine
