#include "daemon/sys/directory.hpp"

#include <fcntl.h>

#include <string_view>

namespace supd::sys {

Result<Directory> Directory::open(BorrowedFd directory, const char* path) {
  UniqueFd fd(::openat(directory.get(), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return failed("open", path);
  DIR* stream = ::fdopendir(fd.get());
  if (stream == nullptr) return failed("opendir", path);
  fd.release();  // the stream's now
  return Directory(stream);
}

const dirent* Directory::next() {
  while (const dirent* entry = ::readdir(stream_.get())) {
    std::string_view name(entry->d_name);
    if (name != "." && name != "..") return entry;
  }
  return nullptr;
}

}  // namespace supd::sys
