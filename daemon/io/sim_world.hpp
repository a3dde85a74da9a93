#pragma once

/// The world that the simulated loop lives in: pipes, children, files and a clock that only moves when
/// nothing else can. fds are numbers far above what a process has open, so that an owner's close(2) of
/// one does no harm. For tests; nothing here touches the system.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "units/base/exit_status.hpp"
#include "units/base/time.hpp"

namespace supd::io {

class SimWorld {
 public:
  struct PipeEnds {
    int reader;
    int writer;
  };
  struct Child {
    pid_t pid;
    int pidfd;
  };

  // ---- Pipes ----
  PipeEnds make_pipe(std::size_t capacity = 65536);
  /// Bytes taken (fewer than given when it gets full), or -EAGAIN, -EPIPE, -EBADF.
  ssize_t write(int fd, std::string_view bytes);
  /// Bytes read, 0 at the end, or -EAGAIN, -EBADF, -EINVAL.
  ssize_t read(int fd, std::span<std::byte> into);
  int duplicate(int fd);
  void close(int fd);
  [[nodiscard]] bool is_open(int fd) const { return open_.contains(fd); }
  /// poll(2) bits of a pipe end, a file (always ready) or a pidfd; POLLNVAL for anything else.
  [[nodiscard]] unsigned readiness(int fd) const;

  // ---- Children ----
  Child start_child();
  void end_child(pid_t pid, ExitStatus how);
  /// How the child of this pidfd has ended; nothing while it runs. ECHILD is the loop's to say.
  [[nodiscard]] std::optional<ExitStatus> end_of(int pidfd) const;
  [[nodiscard]] bool knows_child(int pidfd) const;
  /// Whether it was a zombie; now it is gone.
  bool reap(pid_t pid);

  // ---- Files ----
  int make_file();
  [[nodiscard]] std::string contents(int fd) const;
  /// From now on writes to this file fail with an errno value; 0: they work again.
  void fail_writes(int fd, int error);
  /// As on a disk that hangs: writes to this file do not end until it is false again.
  void hang_writes(int fd, bool hang);
  [[nodiscard]] bool hangs(int fd) const;

  // ---- Time ----
  [[nodiscard]] Instant now() const { return now_; }
  /// Something that will happen by itself. Same instants keep their order.
  void at(Instant when, std::function<void()> what) { happenings_.emplace(when, std::move(what)); }
  [[nodiscard]] Instant next_happening() const;
  /// Moves the clock, never back, and lets everything happen that is due on the way.
  void advance_to(Instant when);

 private:
  struct Object {
    enum class Kind : std::uint8_t { pipe, file, child } kind;
    std::string bytes{};  ///< in the pipe, or the file's contents
    std::size_t capacity = 0;
    int readers = 0;
    int writers = 0;
    pid_t pid = 0;
    std::optional<ExitStatus> end{};
    bool reaped = false;
    int write_error = 0;
    bool hangs = false;
  };
  struct OpenFd {
    std::shared_ptr<Object> object;
    bool writes = false;  ///< of a pipe: its write end
  };
  static constexpr int first_fd = 100'000;

  int open(std::shared_ptr<Object> object, bool writes);
  [[nodiscard]] Object* find(int fd) const;

  std::map<int, OpenFd> open_;
  std::map<pid_t, std::shared_ptr<Object>> children_;
  std::multimap<Instant, std::function<void()>> happenings_;
  Instant now_{1s};
  pid_t next_pid_ = 1000;
};

}  // namespace supd::io
