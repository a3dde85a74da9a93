#pragma once

/// readdir(3) with an owner.

#include <dirent.h>

#include <memory>

#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::sys {

class Directory {
 public:
  [[nodiscard]] static Result<Directory> open(BorrowedFd directory, const char* path);

  /// The next entry but "." and "..", valid until the next call; nullptr at the end.
  [[nodiscard]] const dirent* next();
  [[nodiscard]] BorrowedFd fd() const { return BorrowedFd(::dirfd(stream_.get())); }

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  explicit Directory(DIR* stream) : stream_(stream) {}
  std::unique_ptr<DIR, Close> stream_;
};

}  // namespace supd::sys
