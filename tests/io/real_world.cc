#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>

#include "daemon/io/clock.hpp"
#include "tests/io/world.hpp"
#include "units/base/assert.hpp"

namespace supd::io::test {
namespace {

class RealWorld final : public World {
 public:
  explicit RealWorld(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) { ::signal(SIGPIPE, SIG_IGN); }

  ~RealWorld() override {
    for (const auto& [pid, command] : children_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    loop_.reset();
  }

  Loop& loop() override { return *loop_; }

  Pipe pipe() override {
    std::array<int, 2> ends{};
    SUPD_ASSERT(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    writers_[ends[1]].reset(ends[1]);
    return {sys::UniqueFd(ends[0]), ends[1]};
  }

  ssize_t write(int writer, std::string_view bytes) override {
    const ssize_t size = ::write(writer, bytes.data(), bytes.size());
    return size < 0 ? -errno : size;
  }

  int duplicate(int writer) override {
    const int copy = ::fcntl(writer, F_DUPFD_CLOEXEC, 3);
    SUPD_ASSERT(copy >= 0);
    writers_[copy].reset(copy);
    return copy;
  }

  void close(int fd) override { writers_.erase(fd); }

  Child start_child() override {
    std::array<int, 2> command{};
    SUPD_ASSERT(::pipe2(command.data(), O_CLOEXEC) == 0);
    const pid_t pid = ::fork();
    SUPD_ASSERT(pid >= 0);
    if (pid == 0) obey(command[0]);
    ::close(command[0]);
    children_[pid].reset(command[1]);
    return {pid, sys::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
  }

  void end_child(const Child& child, ExitStatus how) override {
    if (how.by_signal()) {
      ::kill(child.pid, how.status);
    } else {
      const auto code = static_cast<unsigned char>(how.status);
      SUPD_ASSERT(::write(children_.at(child.pid).get(), &code, 1) == 1);
    }
  }

  bool reap(pid_t pid) override {
    if (::waitpid(pid, nullptr, WNOHANG) != pid) return false;
    children_.erase(pid);
    return true;
  }

  sys::UniqueFd file() override {
    // O_TMPFILE is not everywhere; a memory file is a regular file to fstat(2) and to epoll.
    const int fd = ::memfd_create("world", MFD_CLOEXEC);
    SUPD_ASSERT(fd >= 0 && ::fcntl(fd, F_SETFL, O_APPEND) == 0);
    return sys::UniqueFd(fd);
  }

  std::string contents(const sys::UniqueFd& file) override {
    std::string out;
    std::array<char, 65536> piece{};
    off_t at = 0;
    while (true) {
      const ssize_t size = ::pread(file.get(), piece.data(), piece.size(), at);
      if (size <= 0) return out;
      out.append(piece.data(), static_cast<std::size_t>(size));
      at += size;
    }
  }

  sys::UniqueFd full_file(int& error) override {
    error = ENOSPC;
    return sys::UniqueFd(::open("/dev/full", O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  }

  sys::UniqueFd fifo() override {
    std::array<int, 2> ends{};
    SUPD_ASSERT(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    fifo_readers_[ends[1]].reset(ends[0]);
    return sys::UniqueFd(ends[1]);
  }

  std::string drain_fifo(const sys::UniqueFd& writer) override {
    std::string out;
    std::array<char, 65536> piece{};
    while (true) {
      const ssize_t size = ::read(fifo_readers_.at(writer.get()).get(), piece.data(), piece.size());
      if (size <= 0) return out;
      out.append(piece.data(), static_cast<std::size_t>(size));
    }
  }

  Instant clock() override { return monotonic_now(); }

 private:
  /// The child's whole life: wait for the exit code, or for a signal.
  [[noreturn]] static void obey(int command) {
    ::dup2(command, 3);
    ::close_range(4, ~0U, 0);
    unsigned char code = 0;
    while (::read(3, &code, 1) < 0 && errno == EINTR) {
    }
    ::_exit(code);
  }

  std::unique_ptr<Loop> loop_;
  std::map<int, sys::UniqueFd> writers_;
  std::map<int, sys::UniqueFd> fifo_readers_;
  std::map<pid_t, sys::UniqueFd> children_;  ///< and the pipe that commands them
};

}  // namespace

std::unique_ptr<World> make_real_world(std::unique_ptr<Loop> loop) {
  return std::make_unique<RealWorld>(std::move(loop));
}

}  // namespace supd::io::test
