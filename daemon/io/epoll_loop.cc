#include "daemon/io/epoll_loop.hpp"

#include <poll.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <cerrno>

#include "daemon/io/clock.hpp"
#include "daemon/io/epoll_keys.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

Result<std::unique_ptr<EpollLoop>> EpollLoop::open(const Options& options) {
  auto set = epoll::Set::open(options.use_timerfd);
  if (!set) return std::unexpected(set.error());
  return std::unique_ptr<EpollLoop>(new EpollLoop(std::move(*set)));
}

EpollLoop::EpollLoop(std::unique_ptr<epoll::Set> set)
    : set_(std::move(set)), buffer_(std::make_unique_for_overwrite<std::byte[]>(read_bytes)) {
  now_ = monotonic_now();
}

EpollLoop::~EpollLoop() {
  constexpr Duration patience = 1s;  // for a write to a disk that hangs; everything else ends at once
  wind_down(patience);
}

void EpollLoop::start(Op& op) {
  if (op.get<WritePart>() != nullptr) {
    start_write(op);
  } else {
    attach(op);
  }
}

void EpollLoop::stop(Op& op) {
  if (op.stage == Stage::queued) return;  // the worker pool has it and will end it
  post_error(op, ECANCELED);
}

void EpollLoop::abandon(Op& op) {
  if (op.get<WritePart>() != nullptr) return;  // its bytes still reach the file
  if (op.delivering) return;                   // looked at when the callback returns
  retire(op);
}

void EpollLoop::forget(Op& op) { detach(op); }

void EpollLoop::gather(Instant until) {
  watch_signals();
  apply_dirty();
  if (anything_posted() || !always_ready_.empty()) until = Instant{};
  const Instant before = monotonic_now();
  Duration timeout = until > before ? until - before : Duration{0};
  if (until == Instant::never()) timeout = Duration::max();
  const auto events = set_->wait(timeout);
  now_ = monotonic_now();
  for (const epoll_event& event : events) note(event);
  for (const int fd : always_ready_) note_ready(fd, EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM);
}

void EpollLoop::note(const epoll_event& event) {
  if (event.data.u64 == epoll::jobs_key) {
    collect_jobs();
  } else if (event.data.u64 == epoll::signals_key) {
    child_scan_.mark_due();
  } else {
    note_ready(static_cast<int>(event.data.u64), event.events);
  }
}

void EpollLoop::deliver(Op& op, const Completion& completion) {
  if (auto* child = op.get<ChildPart>(); child != nullptr) {
    deliver_child(op, *child);
  } else if (auto* stream = op.get<StreamPart>(); stream != nullptr) {
    deliver_stream(op, *stream);
  } else if (op.get<PollPart>() != nullptr) {
    finish_poll(op, static_cast<unsigned>(completion.result), 0);
  } else {
    continue_write(op, op.as<WritePart>());
  }
}

void EpollLoop::deliver_child(Op& op, ChildPart& child) {
  child.info = {};
  if (::waitid(P_PIDFD, static_cast<id_t>(op.fd), &child.info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno != EINTR) finish_child(op, {}, errno);
  } else if (child.info.si_pid != 0) {
    finish_child(op, exit_of(child.info), 0);
  }
}

void EpollLoop::deliver_stream(Op& op, StreamPart& stream) {
  for (int n = 0; n < reads_per_turn_max; ++n) {
    const ssize_t size = read_some(op, stream);
    if (size == 0) return finish_stream(op, StreamEnd::eof, 0);
    if (size < 0) {
      if (errno != EAGAIN && errno != EINTR) finish_stream(op, StreamEnd::failed, errno);
      return;  // level-triggered: it will be reported again
    }
    give_bytes(op, stream, {buffer_.get(), static_cast<std::size_t>(size)});
    if (op.released) return retire(op);
    if (op.cancel_asked || static_cast<std::size_t>(size) < read_bytes) return;
  }
}

/// Never blocks, even when whoever shares the open file description has cleared O_NONBLOCK.
ssize_t EpollLoop::read_some(const Op& op, StreamPart& stream) {
  // A regular file would refuse RWF_NOWAIT for as long as its pages are not in memory.
  if (watched_at(op.fd).always_ready) return ::read(op.fd, buffer_.get(), read_bytes);
  if (stream.mode == ReadMode::best) {
    const iovec memory{.iov_base = buffer_.get(), .iov_len = read_bytes};
    const ssize_t size = ::preadv2(op.fd, &memory, 1, -1, RWF_NOWAIT);
    if (size >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return size;
    stream.mode = ReadMode::plain;  // a terminal
  }
  pollfd ready{.fd = op.fd, .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, 0) <= 0) {
    errno = EAGAIN;
    return -1;
  }
  return ::read(op.fd, buffer_.get(), read_bytes);
}

}  // namespace supd::io
