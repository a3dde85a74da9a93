#include "config/host/read_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "config/load.hpp"

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

Result<std::string> read_regular_file(const std::string& path) {
  OpenFile file(path);
  if (file.fd() < 0) return failed("open", path);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return failed("stat", path);
  if (!S_ISREG(info.st_mode)) return refused(path, "it is not a regular file");
  return read_all(file, path, static_cast<std::size_t>(info.st_size));
}

Result<DirectoryEntries> list_directory(const std::string& path) {
  std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return failed("open", path);
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
