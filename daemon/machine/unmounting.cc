#include "daemon/machine/unmounting.hpp"

#include <unistd.h>

#include <algorithm>
#include <span>

#include "daemon/log/own_log.hpp"
#include "daemon/machine/api_mounts.hpp"
#include "daemon/sys/aside.hpp"
#include "daemon/sys/clock.hpp"

namespace supd::machine {
namespace {

using Points = std::vector<sys::MountPoint>;
using std::chrono::milliseconds;

/// The state of one end: what has been told as hanging is not tried again.
class Run {
 public:
  explicit Run(const Unmounting& unmounting)
      : does_(unmounting), until_(sys::monotonic_now() + milliseconds(unmounting.together_ms)) {}

  [[nodiscard]] bool has_time() const { return sys::monotonic_now() < until_; }

  /// True: it was done. `name` is what is said to hang.
  bool aside(int longest_ms, const char* name, const std::function<void()>& step) const {
    if (!has_time()) return false;
    auto ended = sys::run_aside(shortened(longest_ms), [&step] { return step(), true; });
    if (ended == sys::Ended::hangs) log::warn(std::string(name) + " hangs");
    return ended == sys::Ended::well;
  }

  /// Not of the time that all others share.
  bool make_root_read_only() const {
    return sys::run_aside(does_.each_ms, [this] { return does_.make_read_only("/"); }) == sys::Ended::well;
  }

  /// From the outermost ones inwards, as far as that goes.
  void unmount(bool remote) {
    std::vector<std::string> busy;
    for (int round = 0; round < max_rounds && has_time(); ++round) {
      Points next = outermost(remote, busy);
      if (next.empty()) return;
      std::vector<sys::Ended> ended =
          at_once(next, [this](const std::string& path) { return does_.unmount(path, false); });
      if (!has_time()) return;  // what was cut short need not hang
      Points stuck;
      for (std::size_t i = 0; i < ended.size(); ++i) {
        if (ended[i] == sys::Ended::badly) busy.push_back(next[i].path);
        if (ended[i] == sys::Ended::hangs || (remote && ended[i] == sys::Ended::badly)) stuck.push_back(next[i]);
      }
      detach(stuck, busy);
    }
  }

  void save_the_rest() const {
    Points rest = left();
    if (!rest.empty() && !has_time()) log::warn("the time for unmounting is over");
    std::vector<sys::Ended> ended;
    if (has_time()) ended = at_once(rest, [this](const std::string& path) { return does_.make_read_only(path); });
    for (std::size_t i = 0; i < rest.size(); ++i) {
      bool done = i < ended.size() && ended[i] == sys::Ended::well;
      log::warn(rest[i].path + (done ? " is still in use: it is read-only now"
                                     : " is neither unmounted nor read-only: what was written last may be lost"));
    }
  }

 private:
  [[nodiscard]] int shortened(int longest_ms) const {
    auto left = std::chrono::floor<milliseconds>(until_ - sys::monotonic_now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest_ms));
  }

  /// A child each, and not too many of them.
  [[nodiscard]] std::vector<sys::Ended> at_once(const Points& points,
                                                const std::function<bool(const std::string&)>& step) const {
    std::vector<std::function<bool()>> steps;
    for (const sys::MountPoint& point : points) steps.emplace_back([&step, path = point.path] { return step(path); });
    std::vector<sys::Ended> all;
    for (std::span rest(steps); !rest.empty(); rest = rest.subspan(std::min(rest.size(), max_at_once))) {
      auto ended = sys::run_all_aside(shortened(does_.each_ms), rest.first(std::min(rest.size(), max_at_once)));
      all.insert(all.end(), ended.begin(), ended.end());
    }
    return all;
  }

  /// What lies below can go then.
  void detach(const Points& points, const std::vector<std::string>& busy) {
    if (points.empty()) return;
    auto ended = at_once(points, [this](const std::string& path) { return does_.unmount(path, true); });
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::string& path = points[i].path;
      bool in_use = std::ranges::find(busy, path) != busy.end();
      bool done = ended[i] == sys::Ended::well;
      log::warn((in_use ? path + " is in use: it " : "unmounting " + path + " hangs: it ") +
                (done ? "is detached as it is" : "can't be detached either"));
      given_up_.push_back(path);
    }
  }

  /// Neither detached nor told as hanging.
  [[nodiscard]] Points left() const {
    Points points = to_unmount(does_.points());
    std::erase_if(points,
                  [this](const auto& point) { return std::ranges::find(given_up_, point.path) != given_up_.end(); });
    return points;
  }

  [[nodiscard]] Points outermost(bool remote, const std::vector<std::string>& busy) const {
    Points points = left(), found;
    for (const sys::MountPoint& point : points) {
      bool tried = std::ranges::find(busy, point.path) != busy.end();
      bool fits = is_remote(point) == remote && !tried && is_outermost(point, points);
      if (fits) found.push_back(point);
    }
    return found;
  }

  static constexpr std::size_t max_at_once = 64;
  static constexpr int max_rounds = 100;  ///< of mounts in mounts: a path that stays is not tried for ever

  const Unmounting& does_;
  Instant until_;
  std::vector<std::string> given_up_;
};

}  // namespace

void unmount_everything(const Unmounting& unmounting) {
  Run run(unmounting);
  if (unmounting.points().empty()) log::warn("no /proc: what is mounted is not known, and stays as it is");
  bool root_is_safe = run.make_root_read_only();
  run.aside(unmounting.sync_ms, "writing to a disk", unmounting.sync);
  run.aside(unmounting.sync_ms, "swapoff", unmounting.swap_off);
  // Local ones again: what they carried is gone by then.
  for (bool remote : {false, true, false}) run.unmount(remote);
  run.save_the_rest();
  if (!root_is_safe && !run.make_root_read_only()) log::warn("the root file system can't be made read-only");
  run.aside(unmounting.each_ms, "writing to a disk", unmounting.sync);
}

Unmounting of_this_machine() {
  return {.points = sys::mount_points,
          .sync = [] { ::sync(); },
          .swap_off = sys::swap_off_all,
          .unmount = [](const std::string& path, bool lazy) { return sys::unmount(path, lazy).has_value(); },
          .make_read_only = [](const std::string& path) { return sys::remount_read_only(path).has_value(); }};
}

}  // namespace supd::machine
