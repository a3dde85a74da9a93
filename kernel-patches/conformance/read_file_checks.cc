// SPDX-License-Identifier: GPL-2.0-only
/// Multishot reads of many kinds of files.

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "read_trial.hpp"

namespace conformance {
namespace {

using namespace supd::kernel;
constexpr std::uint64_t read_tag = ReadTrial::read_tag;

bool write_all(int fd, std::string_view text) {
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Before arming, while armed, and while armed again: each text must come, and the read stays armed.
Outcome streams(int reader, int writer, unsigned flags = 0) {
  ReadTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.expect(write_all(writer, "at once"), "the file takes nothing");
  trial.arm(reader).flags |= static_cast<std::uint8_t>(flags);
  trial.is_text(trial.take(read_tag, 7), "at once");
  for (const std::string_view text : {"later", "and later"}) {
    trial.nothing_more();
    trial.expect(write_all(writer, text), "the file takes nothing");
    trial.is_text(trial.take(read_tag, text.size()), text);
  }
  return trial.outcome();
}

/// Files that can't be asked without blocking are read by a worker, if at all, and once per request. With DEFER_TASKRUN
/// a worker may not do that, so they are read with a plain ring.
constexpr RingShape plain_ring{16, 0, true};

enum class Blocking : bool { perhaps, read_by_all };

/// Data of such a file. Kernels differ in whether they come; what comes must be in a buffer that is named.
void take_from_blocking(ReadTrial& trial, std::size_t size, Blocking file = Blocking::perhaps) {
  const auto cqe = trial.ring().next(std::chrono::milliseconds(500));
  if (!cqe && file == Blocking::read_by_all) return trial.fail("no completion came");
  if (!cqe) return trial.not_supported("no completion came: this kernel does not read such a file with multishot");
  trial.equal("the result", cqe->res, static_cast<std::int64_t>(size));
  trial.expect(cqe->has_buffer(), "data came without F_BUFFER");
  if (trial.good()) trial.buffers().give(cqe->buffer());
}

Outcome streams_or_single(int reader, int writer, Blocking file = Blocking::perhaps) {
  ReadTrial trial(8, 64, plain_ring);
  for (const std::string_view text : {"first", "second", "third"}) {
    if (!trial.good()) break;
    if (trial.ring().in_flight() == 0) trial.arm(reader);
    trial.nothing_more();
    trial.expect(write_all(writer, text), "the file takes nothing");
    take_from_blocking(trial, text.size(), file);
  }
  return trial.outcome();
}

Outcome nothing_there(std::string_view name) {
  return {Verdict::not_supported, std::string(name) + " can't be opened: " + text_of_errno(errno)};
}

/// The two ends of a pseudoterminal that passes bytes on as they are.
struct Terminal {
  explicit Terminal(int flags) : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | flags)) {
    std::array<char, 64> name{};
    if (!master.valid() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) return;
    if (::ptsname_r(master.get(), name.data(), name.size()) != 0) return;
    slave = Fd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios raw{};
    if (!slave.valid() || ::tcgetattr(slave.get(), &raw) != 0) return;
    ::cfmakeraw(&raw);
    ::tcsetattr(slave.get(), TCSANOW, &raw);
  }

  Fd master;
  Fd slave;
};

Outcome fifo() {
  std::array<char, 32> folder{"/tmp/conformance-XXXXXX"};
  if (::mkdtemp(folder.data()) == nullptr) return nothing_there("a folder in /tmp");
  const std::string path = std::string(folder.data()) + "/fifo";
  ::mkfifo(path.c_str(), 0600);
  const Fd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const int error = errno;
  ::unlink(path.c_str());
  ::rmdir(folder.data());
  errno = error;
  return fd.valid() ? streams(fd.get(), fd.get()) : nothing_there("a FIFO");
}

Outcome blocking_pipe() {
  const Pipe pipe = make_pipe(0);
  if (!pipe.valid()) return nothing_there("a pipe");
  return streams_or_single(pipe.reader.get(), pipe.writer.get(), Blocking::read_by_all);
}

Outcome socket_pair() {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return nothing_there("a pair of sockets");
  }
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  return streams(reader.get(), writer.get());
}

Outcome terminal() {
  const Terminal pty(O_NONBLOCK);
  return pty.slave.valid() ? streams(pty.master.get(), pty.slave.get()) : nothing_there("a pseudoterminal");
}

Outcome blocking_terminal() {
  const Terminal pty(0);
  return pty.slave.valid() ? streams_or_single(pty.master.get(), pty.slave.get()) : nothing_there("a pseudoterminal");
}

Outcome counter() {
  const Fd fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!fd.valid()) return nothing_there("an eventfd");
  ReadTrial trial;
  if (!trial.good()) return trial.outcome();
  trial.arm(fd.get());
  for (const std::uint64_t value : {3ULL, 4ULL}) {
    trial.nothing_more();
    trial.expect(::write(fd.get(), &value, sizeof value) == sizeof value, "the eventfd takes nothing");
    const std::string seen = trial.take(read_tag, sizeof value);
    trial.is_text(seen, {reinterpret_cast<const char*>(&value), sizeof value});
  }
  return trial.outcome();
}

/// inotify can't be read without blocking unless its descriptor is O_NONBLOCK, which this one is not.
Outcome inotify() {
  const Fd fd(::inotify_init1(IN_CLOEXEC));
  if (!fd.valid() || ::inotify_add_watch(fd.get(), "/proc/self/exe", IN_OPEN) < 0) return nothing_there("inotify");
  ReadTrial trial(8, 64, plain_ring);
  for (int i = 0; i < 2 && trial.good(); ++i) {
    if (trial.ring().in_flight() == 0) trial.arm(fd.get());
    trial.nothing_more();
    const Fd opened(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    take_from_blocking(trial, sizeof(inotify_event));
  }
  return trial.outcome();
}

Outcome refused(const Fd& file, int error, unsigned clear, unsigned set) {
  ReadTrial trial;
  trial.need(file, "the file");
  if (!trial.good()) return trial.outcome();
  io_uring_sqe& sqe = trial.arm(file.get());
  sqe.flags = static_cast<std::uint8_t>((sqe.flags & ~clear) | set);
  trial.next_is(read_tag, -error);
  return trial.outcome();
}

Fd some_file() {
  Fd file(::memfd_create("conformance", MFD_CLOEXEC));
  if (file.valid() && ::ftruncate(file.get(), 4096) != 0) return Fd();
  return file;
}

Outcome file_in_worker() { return refused(some_file(), EBADFD, 0, IOSQE_ASYNC); }
Outcome file_without_buffers() { return refused(some_file(), EINVAL, IOSQE_BUFFER_SELECT, 0); }
Outcome file_in_worker_without_buffers() { return refused(some_file(), EINVAL, IOSQE_BUFFER_SELECT, IOSQE_ASYNC); }

Outcome terminal_without_buffers() {
  Terminal pty(0);
  return refused(pty.master, EINVAL, IOSQE_BUFFER_SELECT, 0);
}

/// The end of a pipe that can only be written to. A worker of mainline arms a poll that nothing can wake.
Outcome write_only(unsigned flags) {
  const Pipe pipe = make_pipe();
  ReadTrial trial;
  trial.need(pipe.writer, "a pipe");
  if (!trial.good()) return trial.outcome();
  trial.arm(pipe.writer.get()).flags |= static_cast<std::uint8_t>(flags);
  const auto cqe = trial.ring().next(std::chrono::milliseconds(500));
  if (cqe) {
    trial.equal("the result", cqe->res, -EBADF);
  } else if (flags == 0) {
    trial.fail("no completion came");
  } else {
    trial.not_supported("no completion came: this kernel does not look whether a worker can read a descriptor");
  }
  return trial.outcome();
}

Outcome write_only_at_once() { return write_only(0); }
Outcome write_only_in_worker() { return write_only(IOSQE_ASYNC); }

constexpr std::string_view fix_async_data =
    "0df96fb (io_uring/rw: don't attempt to allocate async data if opcode doesn't need it)";
constexpr std::string_view fix_single =
    "2a975d4 (io_uring/rw: don't allow multishot reads without NOWAIT support), c9d952b (io_uring/rw: fix cflags "
    "posting for single issue multishot read)";

constexpr std::array checks{
    Check{"read-fifo", "a FIFO opened O_RDWR can be read", "", Need::useful, fifo},
    Check{"read-blocking-pipe", "data of a pipe without O_NONBLOCK come, at least once for each read", fix_single,
          Need::useful, blocking_pipe},
    Check{"read-socket", "a stream socket can be read", "", Need::useful, socket_pair},
    Check{"read-terminal", "a pseudoterminal with O_NONBLOCK can be read", "", Need::useful, terminal},
    Check{"read-blocking-terminal", "data of a pseudoterminal without O_NONBLOCK, if they come, come in a named buffer",
          fix_single, Need::useful, blocking_terminal},
    Check{"read-eventfd", "an eventfd can be read", "", Need::useful, counter},
    Check{"read-inotify", "data of inotify without O_NONBLOCK, if they come, come in a named buffer", fix_single,
          Need::useful, inotify},
    Check{"read-write-only", "a descriptor that can't be read is -EBADF", "", Need::useful, write_only_at_once},
    Check{"read-write-only-in-worker", "the same with IOSQE_ASYNC, if it ends at all", "", Need::useful,
          write_only_in_worker},
    Check{"read-file-in-worker", "a regular file with IOSQE_ASYNC is -EBADFD", fix_async_data, Need::useful,
          file_in_worker},
    Check{"read-file-no-buffers", "a regular file without IOSQE_BUFFER_SELECT is -EINVAL", fix_async_data, Need::useful,
          file_without_buffers},
    Check{"read-file-in-worker-no-buffers", "the same with IOSQE_ASYNC", fix_async_data, Need::useful,
          file_in_worker_without_buffers},
    Check{"read-terminal-no-buffers", "a pseudoterminal without IOSQE_BUFFER_SELECT is -EINVAL", fix_async_data,
          Need::useful, terminal_without_buffers},
};

}  // namespace

std::span<const Check> read_file_checks() { return checks; }

}  // namespace conformance
