#pragma once

/// Writes to regular files on a thread of its own: epoll can't tell when a disk is ready, and a hung one
/// must not stop the loop. One thread, started with the first write; one job per fd at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::io::epoll {

struct WriteJob {
  OpId id;
  int fd = -1;
  std::string bytes;
  std::size_t written = 0;
  int error = 0;  ///< errno value; EAGAIN: not a file that this thread should wait for
};

class Writer {
 public:
  static Result<std::unique_ptr<Writer>> open();
  /// Waits a moment for the disk. Jobs that are not begun by then are dropped; a thread that hangs in a
  /// write is left behind and ends by itself.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Readable when something is done.
  [[nodiscard]] sys::BorrowedFd signal() const;
  void submit(std::vector<WriteJob>& jobs);  ///< takes them all: `jobs` comes back empty
  void take_done(std::vector<WriteJob>& done);

 private:
  struct Shared;
  Writer() = default;
  std::shared_ptr<Shared> shared_;  ///< with the thread, which may outlive us
};

/// Writes what is left of the job, blocking.
void run(WriteJob& job);

}  // namespace supd::io::epoll
