#include "ctl/logs/log_path.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "daemon/log/format/rotated_name.hpp"

namespace supd::ctl::logs {
namespace {

constexpr Compression forms[] = {Compression::none, Compression::gzip, Compression::zstd};

Result<OpenedFile> open_file(std::string path, Compression compression) {
  // O_NONBLOCK: a FIFO under that name must not hold us up.
  OpenedFile out{
      sys::UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)), compression, {}, {}};
  if (!out.fd.valid()) return failed("open", path);
  if (::fstat(out.fd.get(), &out.is) != 0) return failed("stat", path);
  if (!S_ISREG(out.is.st_mode)) return std::unexpected(errno_error("read", path, EINVAL));
  out.path = std::move(path);
  return out;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

bool same_file(const struct stat& a, const struct stat& b) { return a.st_ino == b.st_ino && a.st_dev == b.st_dev; }

std::int64_t changed_us(const struct stat& is) { return is.st_mtim.tv_sec * 1'000'000 + is.st_mtim.tv_nsec / 1000; }

LogPath::LogPath(std::string_view path) {
  std::size_t slash = path.rfind('/');
  directory = slash == std::string_view::npos ? "." : path.substr(0, slash);
  base = path.substr(slash + 1);
}

std::string LogPath::closed(std::int64_t time_us, Compression compression) const {
  return directory + "/" + log::rotated_name(base, {.time_us = time_us, .compression = compression});
}

Result<OpenedFile> open_current(const LogPath& path) { return open_file(path.current(), Compression::none); }

/// The plain file goes only once its compressed copy is there, so this order finds one of them.
Result<OpenedFile> open_closed(const LogPath& path, std::int64_t time_us) {
  for (Compression form : forms) {
    auto opened = open_file(path.closed(time_us, form), form);
    if (opened || opened.error().code != ENOENT) return opened;
  }
  return std::unexpected(errno_error("open", path.closed(time_us, Compression::none), ENOENT));
}

Result<std::vector<std::int64_t>> closed_files(const LogPath& path) {
  std::vector<std::int64_t> times;
  const std::string& where = path.directory.empty() ? "/" : path.directory;
  std::unique_ptr<DIR, CloseDirectory> directory(::opendir(where.c_str()));
  if (!directory && (errno == ENOENT || errno == ENOTDIR)) return times;
  if (!directory) return failed("open", where);
  while (const dirent* entry = ::readdir(directory.get())) {
    auto name = log::parse_rotated(path.base, entry->d_name);
    if (name && !name->unfinished) times.push_back(name->time_us);
  }
  std::ranges::sort(times);
  auto twice = std::ranges::unique(times);  // a plain file and its compressed copy
  times.erase(twice.begin(), twice.end());
  return times;
}

bool is_same_log(const LogPath& path, std::int64_t time_us, const struct stat& is) {
  for (Compression form : forms) {
    struct stat there {};
    if (::stat(path.closed(time_us, form).c_str(), &there) != 0) continue;
    if (form == Compression::none) return same_file(there, is);
    return there.st_mtim.tv_sec == is.st_mtim.tv_sec && there.st_mtim.tv_nsec == is.st_mtim.tv_nsec;
  }
  return false;
}

}  // namespace supd::ctl::logs
