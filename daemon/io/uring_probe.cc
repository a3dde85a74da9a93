#include "daemon/io/uring_probe.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "daemon/io/clock.hpp"
#include "daemon/io/uring_opcodes.hpp"

namespace supd::io {
namespace {

constexpr Duration patience = 5s;  // a machine that is just booting may be very busy
constexpr int probe_exit_code = 42;
constexpr std::string_view probe_text = "supd";

std::unexpected<Error> step_failed(std::string_view step, int code, std::string_view detail = {}) {
  return std::unexpected(Error{std::string(step), {}, code, std::string(detail)});
}

/// Collects what the probe's two ops say.
struct Witness final : StreamSink, ChildSink {
  std::string text;
  ExitStatus exit;
  int error = 0;
  bool stream_ended = false;
  bool child_ended = false;

  void on_stream_data(OpId, std::span<const std::byte> bytes) noexcept override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void on_stream_end(OpId, StreamEnd, int code) noexcept override {
    stream_ended = true;
    error = code;
  }
  void on_child_exit(OpId, ExitStatus status, int code) noexcept override {
    child_ended = true;
    exit = status;
    error = code;
  }
};

template <class Done>
void run_until(UringLoop& loop, Done done) {
  const Instant until = monotonic_now() + patience;
  while (!done() && loop.ring().error() == 0 && monotonic_now() < until) loop.turn(until);
}

Result<void> probe_operations(UringLoop& loop) {
  io_uring_probe* probe = io_uring_get_probe_ring(loop.ring().raw());
  if (probe == nullptr) return step_failed("io_uring_register", errno, "probe");
  const bool reads = io_uring_opcode_supported(probe, uring::op_read_multishot) != 0;
  const bool waits = io_uring_opcode_supported(probe, uring::op_waitid) != 0;
  io_uring_free_probe(probe);
  if (!reads || !waits) return step_failed("io_uring operations", 0, "READ_MULTISHOT and WAITID need Linux 6.7");
  return {};
}

Result<void> probe_read(UringLoop& loop) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return failed("pipe");
  sys::UniqueFd reader(ends[0]);
  sys::UniqueFd writer(ends[1]);
  Witness witness;
  const OpId id = loop.read_stream(reader.borrow(), Lane::stream, witness);
  const auto size = static_cast<ssize_t>(probe_text.size());
  // Twice: the first comes from arming, the second from the wake-up of an armed read.
  for (const std::size_t expected : {probe_text.size(), 2 * probe_text.size()}) {
    if (::write(writer.get(), probe_text.data(), probe_text.size()) != size) return failed("write", "pipe");
    run_until(loop, [&] { return witness.text.size() >= expected || witness.stream_ended; });
  }
  writer.reset();
  run_until(loop, [&] { return witness.stream_ended; });
  const bool whole = witness.text.size() == 2 * probe_text.size() && witness.stream_ended && witness.error == 0;
  loop.release(id, std::move(reader));
  if (loop.ring().error() != 0) return step_failed("io_uring_enter", loop.ring().error());
  if (!whole) return step_failed("multishot read", witness.error, "a test read did not come back right");
  if (loop.plain_streams() > 0) return step_failed("multishot read", 0, "the kernel refuses it");
  return {};
}

int leave_at_once(void*) { ::_exit(probe_exit_code); }

/// A child that ends at once, sharing our memory until it has.
Result<pid_t> start_child(sys::UniqueFd& pidfd) {
  alignas(16) static std::array<std::byte, 16 * 1024> stack;
  int fd = -1;
  const pid_t pid =
      ::clone(leave_at_once, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, nullptr, &fd);
  if (pid < 0) return failed("clone");
  pidfd.reset(fd);
  return pid;
}

Result<void> probe_wait(UringLoop& loop) {
  // With SIGCHLD ignored by whoever started us the kernel would reap the child before we could ask.
  struct sigaction standard {};
  struct sigaction before {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, &before);
  sys::UniqueFd pidfd;
  Witness witness;
  const Result<pid_t> pid = start_child(pidfd);
  if (pid) {
    const OpId id = loop.wait_child(*pid, pidfd.borrow(), witness);
    run_until(loop, [&] { return witness.child_ended; });
    loop.release(id, std::move(pidfd));
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(*pid), &info, WEXITED) != 0 && errno == EINTR) {
    }
  }
  ::sigaction(SIGCHLD, &before, nullptr);
  if (!pid) return std::unexpected(pid.error());
  if (witness.child_ended && witness.exit == ExitStatus{ExitStatus::exited, probe_exit_code}) return {};
  return step_failed("waitid", witness.error, "a test child's end was not told right");
}

}  // namespace

Result<std::unique_ptr<UringLoop>> open_probed(const uring::Options& options) {
  auto loop = UringLoop::open(options);
  if (!loop) return loop;
  if (auto known = probe_operations(**loop); !known) return std::unexpected(known.error());
  if (auto read = probe_read(**loop); !read) return std::unexpected(read.error());
  if (auto wait = probe_wait(**loop); !wait) return std::unexpected(wait.error());
  (*loop)->set_proven();
  return loop;
}

}  // namespace supd::io
