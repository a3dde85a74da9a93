#include "ctl/logs/file_chain.hpp"

#include <algorithm>
#include <cerrno>

namespace supd::ctl::logs {
bool FileChain::is_live(const struct stat& is) const {
  struct stat held {};
  return has_live() && ::fstat(files_.back().fd.get(), &held) == 0 && same_file(held, is);
}

void FileChain::note_closed(std::int64_t time_us) {
  if (noted_.size() < most_noted) noted_.push_back(time_us);
}

Result<bool> FileChain::look() {
  struct stat there {};
  bool is_there = ::stat(path_.current().c_str(), &there) == 0;
  // Between two files of one log there is none for a moment.
  if (has_live() && (!is_there || is_live(there))) return false;
  std::vector<std::int64_t> closed;
  auto live_file = open_live_with(closed);
  if (!live_file) return std::unexpected(live_file.error());
  if (has_live() && !*live_file) return false;
  drop_old(closed);
  bool is_new = *live_file || !closed.empty();
  for (std::int64_t time_us : closed) files_.push_back({.closed_us = time_us});
  if (!closed.empty()) newest_us_ = closed.back();
  if (*live_file) {
    OpenedFile& file = **live_file;
    files_.push_back({live, std::move(file.fd), static_cast<std::uint64_t>(file.is.st_size), changed_us(file.is)});
  }
  return is_new;
}

/// The live file, and the closed ones as they were while it was the live one.
Result<std::optional<OpenedFile>> FileChain::open_live_with(std::vector<std::int64_t>& closed) const {
  constexpr int most_tries = 1000;
  for (int tries = 0;; ++tries) {
    auto opened = open_current(path_);
    if (!opened && opened.error().code != ENOENT && opened.error().code != ENOTDIR) {
      return std::unexpected(opened.error());
    }
    auto listed = closed_files(path_);
    if (!listed) return std::unexpected(listed.error());
    struct stat named {};
    bool is_named = ::stat(path_.current().c_str(), &named) == 0;
    bool as_before = opened ? is_named && same_file(named, opened->is) : !is_named;
    if (!as_before && tries < most_tries) continue;
    closed = std::move(*listed);
    if (!opened) return std::optional<OpenedFile>();
    return std::optional(std::move(*opened));
  }
}

/// Leaves in `closed` what comes after the file that was live until now, also what is gone by now.
void FileChain::drop_old(std::vector<std::int64_t>& closed) {
  closed.insert(closed.end(), noted_.begin(), noted_.end());
  noted_.clear();
  std::ranges::sort(closed);
  auto twice = std::ranges::unique(closed);
  closed.erase(twice.begin(), twice.end());
  std::erase_if(closed, [this](std::int64_t time_us) { return time_us <= newest_us_; });
  if (!has_live()) return;
  File& last = files_.back();
  struct stat held {};
  static_cast<void>(::fstat(last.fd.get(), &held));
  auto own = std::ranges::find_if(closed, [&](std::int64_t time_us) { return is_same_log(path_, time_us, held); });
  // Closed, compressed and removed: its name was the first one that came, and it is not there any more.
  bool gone = own == closed.end() && held.st_nlink == 0 && !closed.empty() && !open_closed(path_, closed.front());
  if (gone) own = closed.begin();
  last.closed_us = own == closed.end() ? newest_us_ : *own;
  if (own == closed.end()) return;
  newest_us_ = *own;
  closed.erase(closed.begin(), own + 1);
}

}  // namespace supd::ctl::logs
