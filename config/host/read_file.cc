#include "config/host/read_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>

#include "config/host/surroundings.hpp"
#include "config/load/limits.hpp"

namespace supd::config {
namespace {

/// Owns one descriptor for the length of a function.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

constexpr std::int64_t in_ns(const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

/// Clocks of file systems may tick in steps as long as this: a second write in the same step leaves no trace.
constexpr std::int64_t coarsest_tick_ns = 20'000'000;

FileStamp stamp_of(const struct stat& info) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  FileStamp stamp{info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), in_ns(info.st_mtim),
                  in_ns(info.st_ctim)};
  stamp.young = in_ns(now) - stamp.changed_ns < coarsest_tick_ns;
  return stamp;
}

std::unexpected<Error> refused(const std::string& path, std::string why) {
  return std::unexpected(Error{"read", path, 0, std::move(why)});
}

Result<std::string> read_all(const OpenFile& file, const std::string& path, std::size_t expected) {
  std::string text;
  // One byte more than the bound tells "too large" from "just fits".
  text.resize(std::min(expected, max_file_bytes) + 1);
  std::size_t filled = 0;
  while (true) {
    ssize_t n = ::read(file.fd(), text.data() + filled, text.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", path);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
    if (filled > max_file_bytes) return refused(path, "the file is larger than 1 MiB");
    if (filled == text.size()) text.resize(std::min(2 * filled, max_file_bytes + 1));
  }
  text.resize(filled);
  return text;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

void sort_in(DirectoryEntries& entries, std::string name) {
  if (name.starts_with('.')) return;
  if (name.ends_with(".toml") && entries.unit_files.size() <= max_units)
    entries.unit_files.push_back(std::move(name));
  else if (name.ends_with(".toml.d") && entries.drop_ins.size() <= max_units)
    entries.drop_ins.push_back(std::move(name));
}

}  // namespace

Result<FileText> read_regular_file(const std::string& path, Trust trust) {
  OpenFile file(path);
  if (file.fd() < 0) return failed("open", path);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return failed("stat", path);
  if (!S_ISREG(info.st_mode)) return refused(path, "it is not a regular file");
  if (auto refusal = distrust(path, info, trust)) return std::unexpected(*std::move(refusal));
  auto text = read_all(file, path, static_cast<std::size_t>(info.st_size));
  if (!text) return std::unexpected(std::move(text.error()));
  return FileText{std::move(*text), stamp_of(info)};
}

FileStamp stamp_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? stamp_of(info) : FileStamp{};
}

Result<DirectoryEntries> list_directory(const std::string& path, Trust trust) {
  std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return failed("open", path);
  struct stat info {};
  if (::fstat(::dirfd(directory.get()), &info) != 0) return failed("stat", path);
  if (auto refusal = distrust(path, info, trust)) return std::unexpected(*std::move(refusal));
  DirectoryEntries entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    sort_in(entries, entry->d_name);
  }
  if (errno != 0) return failed("read", path);
  std::ranges::sort(entries.unit_files);
  std::ranges::sort(entries.drop_ins);
  return entries;
}

}  // namespace supd::config
