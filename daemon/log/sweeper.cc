#include "daemon/log/sweeper.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/sys/small_file.hpp"

namespace supd::log {

Sweeper::~Sweeper() { loop_.release(timer_); }

void Sweeper::sweep(Request request) {
  queue_.push_back(std::move(request));
  if (!timer_) timer_ = loop_.timer_at(loop_.now(), *this);
}

void Sweeper::forget(SweepSink& sink) {
  for (Request& request : queue_) {
    if (request.sink == &sink) request.sink = nullptr;
  }
}

void Sweeper::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  step();
  if (!queue_.empty()) timer_ = loop_.timer_at(loop_.now(), *this);
}

void Sweeper::step() {
  if (listed_) return remove_some();
  if (!directory_) {
    auto opened = sys::Directory::open(sys::working_directory, queue_.front().directory.c_str());
    if (!opened) return end_listing();
    directory_ = std::move(*opened);
  }
  list_some();
}

void Sweeper::list_some() {
  for (std::size_t n = 0; n < entries_per_turn; ++n) {
    const dirent* entry = directory_->next();
    if (entry == nullptr || files_.size() == max_files) return end_listing();
    look_at_entry(entry->d_name);
  }
}

void Sweeper::look_at_entry(const char* name) {
  auto parsed = parse_rotated(queue_.front().base, name);
  struct stat is {};
  if (!parsed || ::fstatat(directory_->fd().get(), name, &is, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (S_ISREG(is.st_mode)) files_.push_back({*parsed, static_cast<std::uint64_t>(is.st_size)});
}

void Sweeper::end_listing() {
  listed_ = true;
  Request& request = queue_.front();
  std::int64_t newest_us = INT64_MIN;
  for (const RotatedFile& file : files_) newest_us = std::max(newest_us, file.name.time_us);
  judge(request);
  files_ = {};
  if (SweepSink* sink = std::exchange(request.sink, nullptr)) sink->on_swept(newest_us);
  if (doomed_.empty()) next();
}

/// What goes, and what is to be compressed.
void Sweeper::judge(const Request& request) {
  doomed_ = to_remove(files_, request.rules, clock_us_());
  for (const RotatedName& name : to_compress(files_, doomed_, request.rules)) {
    closed_.offer(path_of(name), request.rules.compress);
  }
  for (const RotatedFile& file : files_) {
    bool at_work = closed_.working_on(path_of({.time_us = file.name.time_us}));
    if (file.name.unfinished && !at_work) doomed_.push_back(file.name);
  }
}

std::string Sweeper::path_of(const RotatedName& name) const {
  const Request& request = queue_.front();
  return request.directory + (request.directory == "/" ? "" : "/") + rotated_name(request.base, name);
}

/// The oldest first: where supd ends in between, what stays is without gaps.
void Sweeper::remove_some() {
  for (std::size_t n = 0; n < removals_per_turn && !doomed_.empty(); ++n) {
    remove(doomed_.back());
    doomed_.pop_back();
  }
  if (doomed_.empty()) next();
}

void Sweeper::remove(const RotatedName& doomed) {
  std::string name = rotated_name(queue_.front().base, doomed);
  struct stat is {};
  if (::fstatat(directory_->fd().get(), name.c_str(), &is, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(is.st_mode)) return;
  if (is.st_size > large_file) return closed_.remove(path_of(doomed));
  bool done = ::unlinkat(directory_->fd().get(), name.c_str(), 0) == 0;
  ++(done || errno == ENOENT ? removed_ : failed_);
}

void Sweeper::next() {
  listed_ = false;
  directory_.reset();
  doomed_.shrink_to_fit();
  queue_.pop_front();
}

}  // namespace supd::log
