#pragma once

/// Tells when something happens to log files, with one inotify(7) instance for all of them. Where a directory can't
/// be watched (there are no watches left, it does not exist yet), its owner has to look by itself: see complete().

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ctl/logs/log_path.hpp"
#include "daemon/sys/fd.hpp"

namespace supd::ctl::logs {

struct FileEvent {
  std::size_t log = 0;                      ///< as given to add()
  bool names = false;                       ///< names came or went: look at the chain
  std::optional<std::int64_t> closed_us{};  ///< a file was closed under this time
};

class Watcher {
 public:
  Watcher();

  /// Begins to watch; to be called before the first look. `log` is the caller's number for it.
  void add(std::size_t log, const LogPath& path);
  /// To be polled for reading; -1: there is no inotify.
  [[nodiscard]] int fd() const { return inotify_.get(); }
  /// Every directory is watched: without an event nothing has happened.
  [[nodiscard]] bool complete() const { return unwatched_ == 0; }
  /// Tells what has happened since, then tries to watch what it could not.
  void take(const std::function<void(const FileEvent&)>& tell);

 private:
  struct Log {
    std::size_t number;
    LogPath path;
    int watch = -1;
    bool own_directory = false;  ///< the directory itself is watched; else the one above
  };

  void watch(Log& log);
  void take_events(const std::function<void(const FileEvent&)>& tell);
  void take_event(int watch, std::uint32_t mask, std::string_view name,
                  const std::function<void(const FileEvent&)>& tell);

  sys::UniqueFd inotify_;
  std::vector<Log> logs_;
  std::multimap<int, std::size_t> by_watch_;  ///< to logs_
  std::vector<std::size_t> again_;            ///< of logs_, to be watched anew
  std::size_t unwatched_ = 0;
};

}  // namespace supd::ctl::logs
