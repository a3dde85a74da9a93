#include "daemon/machine/unmounting.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/sys/aside.hpp"

namespace supd::machine {
namespace {

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

/// The state of one end: what has been told as hanging is not tried again.
class Run {
 public:
  explicit Run(const Unmounting& unmounting) : does_(unmounting), until_(now_ms() + unmounting.together_ms) {}

  sys::Ended aside(int longest_ms, const std::function<bool()>& step) const {
    auto left = static_cast<int>(std::max<std::int64_t>(until_ - now_ms(), 0));
    return left == 0 ? sys::Ended::hangs : sys::run_aside(std::min(longest_ms, left), step);
  }

  /// False: it is still there.
  bool unmount(const std::string& path) {
    sys::Ended ended = aside(does_.each_ms, [&] { return does_.unmount(path, false); });
    if (ended != sys::Ended::hangs) return ended == sys::Ended::well;
    log::warn("unmounting " + path + " hangs: it is detached as it is");
    // What lies below can go then.
    hanging_.push_back(path);
    return aside(does_.each_ms, [&] { return does_.unmount(path, true); }) == sys::Ended::well;
  }

  bool make_read_only(const std::string& path) const {
    return aside(does_.each_ms, [&] { return does_.make_read_only(path); }) == sys::Ended::well;
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

void unmount_everything(const Unmounting& unmounting) {
  Run run(unmounting);
  if (unmounting.points().empty()) log::warn("no /proc: what is mounted is not known, and stays as it is");
  bool root_is_safe = run.make_read_only("/");
  auto plain = [](const std::function<void()>& step) { return [&step] { return step(), true; }; };
  if (run.aside(unmounting.sync_ms, plain(unmounting.sync)) == sys::Ended::hangs) log::warn("writing to a disk hangs");
  if (run.aside(unmounting.sync_ms, plain(unmounting.swap_off)) == sys::Ended::hangs) log::warn("swapoff hangs");
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
