#include "daemon/log/sweep_job.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <unordered_set>

#include "daemon/io/clock.hpp"
#include "daemon/sys/small_file.hpp"

namespace supd::log {

SweepJob::SweepJob() : made_(io::monotonic_now()) {}

void SweepJob::run() noexcept {
  auto opened = sys::Directory::open(sys::working_directory, directory.c_str());
  if (!opened) return;
  judge(list(*opened));
  remove_all(*opened);
}

std::vector<RotatedFile> SweepJob::list(sys::Directory& in) {
  std::vector<RotatedFile> files;
  while (const dirent* entry = files.size() < max_files ? in.next() : nullptr) {
    auto parsed = parse_rotated(base, entry->d_name);
    struct stat is {};
    if (!parsed || ::fstatat(in.fd().get(), entry->d_name, &is, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(is.st_mode)) files.push_back({*parsed, static_cast<std::uint64_t>(is.st_size)});
  }
  return files;
}

/// What goes, and what is to be compressed.
void SweepJob::judge(const std::vector<RotatedFile>& files) {
  doomed_ = to_remove(files, rules, now_us);
  for (const RotatedName& name : log::to_compress(files, doomed_, rules)) to_compress.push_back(path_of(name));
  std::unordered_set<std::int64_t> going;
  for (const RotatedName& name : doomed_) going.insert(name.time_us);
  for (const RotatedFile& file : files) {
    newest_us = std::max(newest_us, file.name.time_us);
    if (!going.contains(file.name.time_us)) oldest_us = std::min(oldest_us, file.name.time_us);
    if (is_left_over(file.name)) doomed_.push_back(file.name);
  }
}

/// A copy that was never done, and that nobody makes now.
bool SweepJob::is_left_over(const RotatedName& name) const {
  if (!name.unfinished || io::monotonic_now() >= made_ + list_is_good) return false;
  return std::ranges::find(compressed, path_of({.time_us = name.time_us})) == compressed.end();
}

/// The oldest first: where supd ends in between, what stays is without gaps.
void SweepJob::remove_all(const sys::Directory& in) {
  for (auto doomed = doomed_.rbegin(); doomed != doomed_.rend(); ++doomed) {
    std::string name = rotated_name(base, *doomed);
    struct stat is {};
    if (::fstatat(in.fd().get(), name.c_str(), &is, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(is.st_mode)) continue;
    bool done = ::unlinkat(in.fd().get(), name.c_str(), 0) == 0;
    ++(done || errno == ENOENT ? removed : failed);
  }
}

std::string SweepJob::path_of(const RotatedName& name) const {
  return directory + (directory == "/" ? "" : "/") + rotated_name(base, name);
}

}  // namespace supd::log
