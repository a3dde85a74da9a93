#pragma once

/// The files of one log in the order in which they were written: those that were closed, then the one that is
/// written, which is held open. Finds its way on when that one is closed, renamed, compressed or removed: no
/// file is ever missed or taken twice. Closed files are known by the time in their names, which only grows.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "ctl/logs/log_path.hpp"

namespace supd::ctl::logs {

class FileChain {
 public:
  /// As a time: this file is not closed, as far as is known.
  static constexpr std::int64_t live = INT64_MAX;

  struct File {
    std::int64_t closed_us = live;
    sys::UniqueFd fd = {};   ///< of the live file, or what was it
    std::uint64_t size = 0;  ///< of the live file, when it was found
    std::int64_t changed_us = 0;
  };

  explicit FileChain(LogPath path) : path_(std::move(path)) {}

  [[nodiscard]] const LogPath& path() const { return path_; }
  /// Front: the oldest. At the back is the live file, if there is one (has_live()).
  [[nodiscard]] std::deque<File>& files() { return files_; }
  [[nodiscard]] const std::deque<File>& files() const { return files_; }
  [[nodiscard]] bool has_live() const { return !files_.empty() && files_.back().closed_us == live; }

  /// Looks what is there now and adds what is new to the back. True: another file is written than before, so that
  /// nothing more can come into the one that was.
  [[nodiscard]] Result<bool> look();

  /// Somebody saw that a file was closed at that time: it belongs here even if it is removed before look().
  void note_closed(std::int64_t time_us);

 private:
  [[nodiscard]] bool is_live(const struct stat& is) const;
  [[nodiscard]] Result<std::optional<OpenedFile>> open_live_with(std::vector<std::int64_t>& closed) const;
  void drop_old(std::vector<std::int64_t>& closed);

  static constexpr std::size_t most_noted = 100'000;

  LogPath path_;
  std::deque<File> files_;
  std::vector<std::int64_t> noted_;
  std::int64_t newest_us_ = INT64_MIN;  ///< all that were closed up to then are in the chain, or were
};

}  // namespace supd::ctl::logs
