#include "ctl/logs/watcher.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/log/format/rotated_name.hpp"

namespace supd::ctl::logs {
namespace {

constexpr std::uint32_t file_events =
    IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;

std::string_view directory_above(std::string_view path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Watcher::Watcher() : inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

void Watcher::add(std::size_t log, const LogPath& path) {
  logs_.push_back({log, path});
  ++unwatched_;
  watch(logs_.back());
}

/// Its directory; where there is none yet, the one above, to see it come.
void Watcher::watch(Log& log) {
  if (!inotify_.valid()) return;
  std::string directory = log.path.directory.empty() ? "/" : log.path.directory;
  int before = log.watch;
  log.watch = ::inotify_add_watch(inotify_.get(), directory.c_str(), file_events | IN_MASK_ADD);
  log.own_directory = log.watch >= 0;
  if (log.watch < 0) {
    std::string above(directory_above(directory));
    log.watch = ::inotify_add_watch(inotify_.get(), above.c_str(), file_events | IN_MASK_ADD);
  }
  if (before < 0 && log.watch >= 0) --unwatched_;
  if (before >= 0 && log.watch < 0) ++unwatched_;
  auto place = static_cast<std::size_t>(&log - logs_.data());
  auto [from, to] = by_watch_.equal_range(before);
  for (auto at = from; at != to; ++at) {
    if (at->second != place) continue;
    by_watch_.erase(at);
    break;
  }
  if (log.watch >= 0) by_watch_.emplace(log.watch, place);
}

void Watcher::take(const std::function<void(const FileEvent&)>& tell) {
  if (inotify_.valid()) take_events(tell);
  if (unwatched_ != 0) {
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      if (logs_[i].watch < 0) again_.push_back(i);
    }
  }
  for (std::size_t place : std::exchange(again_, {})) {
    watch(logs_[place]);
    tell({.log = logs_[place].number, .names = true});
  }
}

void Watcher::take_events(const std::function<void(const FileEvent&)>& tell) {
  alignas(inotify_event) std::array<char, 32UL * 1024> buffer;
  // What comes meanwhile is for the next turn.
  for (int reads = 0; reads < 16; ++reads) {
    ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) return;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      take_event(event.wd, event.mask, {name, event.len == 0 ? 0 : ::strnlen(name, event.len)}, tell);
      at += sizeof event + event.len;
    }
  }
}

void Watcher::take_event(int watch, std::uint32_t mask, std::string_view name,
                         const std::function<void(const FileEvent&)>& tell) {
  if ((mask & IN_Q_OVERFLOW) != 0) {
    for (const Log& log : logs_) tell({.log = log.number, .names = true});
    return;
  }
  auto [from, to] = by_watch_.equal_range(watch);
  bool lost = (mask & (IN_IGNORED | IN_MOVE_SELF | IN_DELETE_SELF)) != 0;
  for (auto at = from; at != to; ++at) {
    const Log& log = logs_[at->second];
    bool names = (mask & ~std::uint32_t{IN_MODIFY}) != 0;
    if (lost || !log.own_directory) {
      again_.push_back(at->second);
    } else if (name == log.path.base) {
      tell({.log = log.number, .names = names});
    } else if ((mask & IN_MOVED_TO) != 0) {
      auto closed = log::parse_rotated(log.path.base, name);
      if (closed && closed->compression == Compression::none) {
        tell({.log = log.number, .names = true, .closed_us = closed->time_us});
      }
    }
  }
}

}  // namespace supd::ctl::logs
