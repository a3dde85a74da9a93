/// Writes of the epoll engine: regular files go to the worker pool, everything else is written as far
/// as it takes bytes.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "daemon/io/epoll_keys.hpp"
#include "daemon/io/epoll_loop.hpp"
#include "daemon/io/place.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

void EpollLoop::start_write(Op& op) {
  struct statx info {};
  // Without asking a server, which may be down.
  constexpr int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
  if (::statx(op.fd, "", flags, STATX_TYPE, &info) != 0) return post_error(op, errno);
  if (S_ISREG(info.stx_mode) || S_ISBLK(info.stx_mode)) {
    hand_to_thread(op, place_of(info));
  } else {
    post({op.id});  // tried in the next batch; waits for EPOLLOUT only when it has to
  }
}

void EpollLoop::continue_write(Op& op, WritePart& write) {
  for (int n = 0; n < writes_per_turn_max; ++n) {
    const ssize_t size = write_some(op, write);
    if (size > 0) {
      write.written += static_cast<std::size_t>(size);
      if (write.written == write.bytes.size()) return finish_write(op, 0);
      continue;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EOPNOTSUPP) {
      constexpr std::uint64_t unknown = 0;
      return hand_to_thread(op, unknown);
    }
    if (size == 0 || errno != EAGAIN) return finish_write(op, size == 0 ? EIO : errno);
    if (op.stage != Stage::armed) attach(op);
    return;
  }
  if (op.stage != Stage::armed) post({op.id});
}

/// EOPNOTSUPP: can't be written without the risk of blocking.
ssize_t EpollLoop::write_some(const Op& op, WritePart& write) {
  const std::size_t left = std::min(write.bytes.size() - write.written, read_bytes);
  char* from = write.bytes.data() + write.written;
  if (!write.plain) {
    const iovec memory{.iov_base = from, .iov_len = left};
    const ssize_t size = ::pwritev2(op.fd, &memory, 1, -1, RWF_NOWAIT);
    if (size >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return size;
    write.plain = true;
  }
  const int flags = ::fcntl(op.fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return ::write(op.fd, from, left);
}

void EpollLoop::hand_to_thread(Op& op, std::uint64_t place) {
  detach(op);
  op.stage = Stage::queued;
  hand_over_write(op, place);
}

bool EpollLoop::watch_jobs(sys::BorrowedFd signal) { return set_->add(signal.get(), EPOLLIN, epoll::jobs_key) == 0; }

void EpollLoop::would_block(Op& op) { post({op.id}); }

}  // namespace supd::io
