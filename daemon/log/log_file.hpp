#pragma once

/// A log file under its name, and what is known of it: open, reopened when somebody took the name away,
/// and rotated: closed under another name and begun anew. Calls the file system at once, so it is for where that may
/// block; writes are the owner's, who also sees to it that none is in flight when the file changes.

#include <cstdint>
#include <string>

#include "daemon/log/open_file.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"
#include "units/base/time.hpp"

namespace supd::log {

class LogFile {
 public:
  static constexpr int most_tries = 100;  ///< names that may be taken, one microsecond apart

  explicit LogFile(std::string path) : path_(std::move(path)) {}

  /// The times of now, to know the file's age. What is open stays so when it fails.
  struct Now {
    Instant now;
    std::int64_t wall_us = 0;
  };
  [[nodiscard]] Result<void> open(const Now& now);
  void close() { fd_.reset(); }
  [[nodiscard]] sys::UniqueFd take_fd() { return std::move(fd_); }

  [[nodiscard]] bool is_open() const { return fd_.valid(); }
  [[nodiscard]] sys::BorrowedFd fd() const { return fd_.borrow(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string directory() const;
  [[nodiscard]] std::string base() const;

  /// A regular file of its own: it can be rotated.
  [[nodiscard]] bool regular() const { return regular_; }
  /// Whether nothing can be in its directory that it did not make.
  [[nodiscard]] bool fresh() const { return fresh_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// What was appended.
  void grow(std::uint64_t bytes) { size_ += bytes; }
  /// When it was made, as far as that is known.
  [[nodiscard]] Instant begun() const { return begun_; }
  /// What hangs when calls for this file hang, see io::Job::place(): its file system. Before it was opened a guess: all
  /// directories of units in one directory are one place.
  [[nodiscard]] std::uint64_t place() const;
  /// Whether it ends within a line.
  [[nodiscard]] bool mid_line() const { return mid_line_; }
  void set_mid_line(bool yes) { mid_line_ = yes; }

  /// Takes note of what others did to the file. False: nobody who looks for the name finds it any more.
  [[nodiscard]] FileLook look();

  /// Closes the file under the name for `time_us` or for the next time that is free, which is returned, and
  /// begins a new one. When it fails the old one goes on, if possible under its old name.
  [[nodiscard]] Result<std::int64_t> rotate(std::int64_t time_us, const Now& now);

 private:
  void take(OpenedLog opened, const Now& now);

  std::string path_;
  sys::UniqueFd fd_;
  std::uint64_t size_ = 0;
  std::uint64_t place_ = 0;
  Instant begun_{};
  bool regular_ = false, fresh_ = false, mid_line_ = false;
};

}  // namespace supd::log
