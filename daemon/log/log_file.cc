#include "daemon/log/log_file.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string_view>
#include <utility>

#include "daemon/log/format/rotated_name.hpp"

namespace supd::log {

std::string LogFile::directory() const {
  std::size_t slash = path_.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path_.substr(0, slash);
}

std::string LogFile::base() const { return path_.substr(path_.rfind('/') + 1); }

std::uint64_t LogFile::place() const {
  if (place_ != 0) return place_;
  std::string_view path(path_);
  for (int level = 0; level < 2; ++level) path = path.substr(0, path.rfind('/') == path.npos ? 0 : path.rfind('/'));
  return std::hash<std::string_view>()(path) | 1;
}

Result<void> LogFile::open(const Now& now) {
  auto opened = open_log_file(path_);
  if (!opened) return std::unexpected(opened.error());
  take(std::move(*opened), now);
  return {};
}

void LogFile::take(OpenedLog opened, const Now& now) {
  fd_ = std::move(opened.fd);
  regular_ = opened.regular;
  fresh_ = opened.fresh;
  size_ = opened.size;
  if (opened.place != 0) place_ = opened.place;
  mid_line_ = opened.torn;
  // From here on the clock that nobody sets counts.
  Duration age = std::chrono::microseconds(std::max<std::int64_t>(0, now.wall_us - opened.born_us));
  begun_ = now.now - (size_ == 0 ? Duration{0} : std::min(age, now.now.since_boot + std::chrono::hours(24 * 366)));
}

FileLook LogFile::look() {
  FileLook look = look_at(path_, fd_.borrow());
  // Somebody may have emptied it (copytruncate of logrotate), or written to it as well.
  size_ = look.size;
  return look;
}

Result<std::int64_t> LogFile::rotate(std::int64_t time_us, const Now& now) {
  std::string prefix = path_.substr(0, path_.size() - base().size());
  for (std::int64_t last = time_us + most_tries;; ++time_us) {
    std::string to = prefix + rotated_name(base(), {.time_us = time_us});
    auto renamed = rename_open_file(path_, fd_.borrow(), to);
    if (!renamed && renamed.error().code == EEXIST && time_us < last) continue;
    if (!renamed) return std::unexpected(renamed.error());
    auto opened = open_log_file(path_);
    if (!opened) {
      // Back under its name, if that can be done: else it is found to be gone at the next look, and opened then.
      static_cast<void>(rename_open_file(to, fd_.borrow(), path_));
      return std::unexpected(opened.error());
    }
    take(std::move(*opened), now);
    return time_us;
  }
}

}  // namespace supd::log
