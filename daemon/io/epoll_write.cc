/// Writes of the epoll engine: regular files go to the writer thread, everything else is written as far
/// as it takes bytes.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "daemon/io/epoll_keys.hpp"
#include "daemon/io/epoll_loop.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

void EpollLoop::start_write(Op& op) {
  struct stat info {};
  if (::fstat(op.fd, &info) != 0) return post_error(op, errno);
  if (S_ISREG(info.st_mode) || S_ISBLK(info.st_mode)) {
    hand_to_thread(op, op.as<WritePart>());
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
      return hand_to_thread(op, write);
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

void EpollLoop::hand_to_thread(Op& op, WritePart& write) {
  detach(op);
  op.stage = Stage::queued;
  jobs_.push_back({.id = op.id, .fd = op.fd, .bytes = std::move(write.bytes), .written = write.written});
}

void EpollLoop::submit_jobs() {
  if (jobs_.empty()) return;
  if (open_writer()) return writer_->submit(jobs_);
  // No thread to be had (the process limit is reached): better slow than not at all.
  for (epoll::WriteJob& job : jobs_) {
    epoll::run(job);
    done_.push_back(std::move(job));
  }
  jobs_.clear();
  collect_jobs();
}

bool EpollLoop::open_writer() {
  if (writer_) return true;
  auto writer = epoll::Writer::open();
  if (!writer || set_->add((*writer)->signal().get(), EPOLLIN, epoll::writer_key) != 0) return false;
  writer_ = std::move(*writer);
  return true;
}

void EpollLoop::collect_jobs() {
  if (writer_) writer_->take_done(done_);
  for (epoll::WriteJob& job : done_) {
    Op* op = slab_.find(job.id);
    SUPD_ASSERT(op != nullptr);
    auto& write = op->as<WritePart>();
    op->stage = Stage::idle;
    write.bytes = std::move(job.bytes);
    write.written = job.written;
    if (job.error == EAGAIN) {
      post({op->id});  // somebody has set O_NONBLOCK on it: epoll can wait for it
    } else {
      post_error(*op, job.error);
    }
  }
  done_.clear();
}

}  // namespace supd::io
