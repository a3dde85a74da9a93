/// The kernel-bound half of the io_uring engine: from ops to submission entries.

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>

#include "daemon/io/clock.hpp"
#include "daemon/io/place.hpp"
#include "daemon/io/uring_loop.hpp"
#include "daemon/io/uring_opcodes.hpp"
#include "daemon/io/uring_tags.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

using uring::Tag;
using uring::user_data;

namespace {

void drop_front(std::vector<OpId>& ids, std::size_t count) {
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count));
}

/// Of a file whose writes may hang, else 0; `plain` is for terminals. Without asking a server, which may be down.
std::uint64_t place_of_writes(int fd, bool& plain) {
  struct statx info {};
  if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &info) != 0) return 0;
  plain = S_ISCHR(info.stx_mode);
  return S_ISREG(info.stx_mode) || S_ISBLK(info.stx_mode) ? place_of(info) : 0;
}

}  // namespace

void UringLoop::start(Op& op) {
  auto* write = op.get<WritePart>();
  if (write != nullptr && write->written == 0) {
    if (const std::uint64_t place = place_of_writes(op.fd, write->plain); place != 0) {
      return hand_over_write(op, place);
    }
  }
  queue(op);
}

void UringLoop::queue(Op& op) {
  op.stage = Stage::queued;
  to_arm_.push_back(op.id);
}

void UringLoop::stop(Op& op) {
  if (auto* write = op.get<WritePart>(); write != nullptr && write->in_pool) return;  // the pool will end it
  if (op.stage == Stage::armed) {
    to_cancel_.push_back(op.id);
  } else {
    post_error(op, ECANCELED);
  }
}

void UringLoop::abandon(Op& op) {
  if (op.get<WritePart>() != nullptr) return;  // its bytes still reach the file
  if (op.stage != Stage::armed) {
    retire(op);
  } else if (!op.cancel_asked) {
    op.cancel_asked = true;
    to_cancel_.push_back(op.id);
  }
}

void UringLoop::arm_queued() {
  send_cancels();
  arm_signals();
  arm_jobs();
  std::size_t done = 0;
  for (; done < to_arm_.size(); ++done) {
    Op* op = slab_.find(to_arm_[done]);
    // Stale: released meanwhile. Cancelled: its end is already posted.
    if (op != nullptr && op->stage == Stage::queued && !op->cancel_asked) {
      if (!make_space(2)) break;
      arm(*op);
    }
  }
  drop_front(to_arm_, done);
}

void UringLoop::send_cancels() {
  std::size_t done = 0;
  for (; done < to_cancel_.size(); ++done) {
    const OpId id = to_cancel_[done];
    Op* op = slab_.find(id);
    if (op != nullptr && op->stage == Stage::armed) {
      if (!make_space(1)) break;
      // A child's waitid is never cancelled: it is either not armed yet, or about to complete.
      const bool child = op->get<ChildPart>() != nullptr;
      io_uring_sqe& sqe = ring_->entry();
      io_uring_prep_cancel64(&sqe, user_data(id, child ? Tag::child_poll : Tag::main), 0);
    }
  }
  drop_front(to_cancel_, done);
}

/// A full queue is flushed, never dispatched from. False: the kernel takes no more now; try next turn.
bool UringLoop::make_space(unsigned entries) {
  if (ring_->space() >= entries) return true;
  if (ring_->submit() != 0) {
    ring_->fetch();
    collect();
  }
  return ring_->space() >= entries;
}

void UringLoop::arm(Op& op) {
  op.stage = Stage::armed;
  if (auto* child = op.get<ChildPart>(); child != nullptr) {
    arm_child(op, *child);
  } else if (auto* stream = op.get<StreamPart>(); stream != nullptr) {
    arm_stream(op, *stream);
  } else if (auto* poll = op.get<PollPart>(); poll != nullptr) {
    arm_poll(op, poll->events);
  } else {
    arm_write(op, op.as<WritePart>());
  }
}

/// An armed waitid sits on a wait queue that every exit walks; a pidfd has one of its own. So the waitid
/// is linked behind a poll of the pidfd: flat in the number of children, and never in need of a cancel.
void UringLoop::arm_child(Op& op, ChildPart& child) {
  io_uring_sqe& poll = ring_->entry();
  io_uring_prep_poll_add(&poll, op.fd, POLLIN);
  poll.flags |= IOSQE_IO_LINK;
  poll.user_data = user_data(op.id, Tag::child_poll);

  io_uring_sqe& wait = ring_->entry();
  wait.opcode = uring::op_waitid;
  wait.fd = op.fd;
  wait.len = P_PIDFD;
  wait.file_index = WEXITED | WNOWAIT;
  wait.addr2 = reinterpret_cast<std::uintptr_t>(&child.info);
  wait.user_data = user_data(op.id);
  child.info = {};
  child.completions_due = 2;
  child.poll_result = 0;
}

void UringLoop::arm_stream(Op& op, StreamPart& stream) {
  constexpr auto current_position = static_cast<std::uint64_t>(-1);
  io_uring_sqe& sqe = ring_->entry();
  switch (stream.mode) {
    case ReadMode::best:
      io_uring_prep_rw(uring::op_read_multishot, &sqe, op.fd, nullptr, 0, current_position);
      sqe.flags |= IOSQE_BUFFER_SELECT;
      sqe.buf_group = uring::Buffers::group;
      break;
    case ReadMode::plain:
      if (!stream.buffer) stream.buffer = std::make_unique_for_overwrite<std::byte[]>(options_.buffer_bytes);
      io_uring_prep_read(&sqe, op.fd, stream.buffer.get(), options_.buffer_bytes, current_position);
      break;
    case ReadMode::plain_poll: io_uring_prep_poll_add(&sqe, op.fd, POLLIN); break;
  }
  sqe.user_data = user_data(op.id);
}

void UringLoop::arm_poll(Op& op, unsigned events) {
  io_uring_sqe& sqe = ring_->entry();
  io_uring_prep_poll_add(&sqe, op.fd, events);
  sqe.user_data = user_data(op.id);
}

void UringLoop::arm_write(Op& op, WritePart& write) {
  constexpr std::size_t bytes_max = 1U << 30;  // write(2) takes less than 2 GiB at a time
  io_uring_sqe& sqe = ring_->entry();
  if (write.polling) {
    io_uring_prep_poll_add(&sqe, op.fd, POLLOUT);
  } else {
    const std::size_t left = std::min(write.bytes.size() - write.written, bytes_max);
    io_uring_prep_write(&sqe, op.fd, write.bytes.data() + write.written, static_cast<unsigned>(left),
                        static_cast<std::uint64_t>(-1));
    // A terminal that says it is writable would be written to while submitting, and block us if it is
    // then full and somebody has cleared O_NONBLOCK on it: leave that to a worker.
    if (write.plain) sqe.flags |= IOSQE_ASYNC;
  }
  sqe.user_data = user_data(op.id);
}

void UringLoop::arm_signals() {
  if (signals_armed_ || !child_scan_.signals().valid() || !make_space(1)) return;
  io_uring_sqe& sqe = ring_->entry();
  io_uring_prep_poll_add(&sqe, child_scan_.signals().get(), POLLIN);
  sqe.user_data = user_data({0, 1}, Tag::signals);
  signals_armed_ = true;
}

void UringLoop::arm_jobs() {
  if (jobs_armed_ || !jobs_signal_.valid() || !make_space(1)) return;
  io_uring_sqe& sqe = ring_->entry();
  io_uring_prep_poll_add(&sqe, jobs_signal_.get(), POLLIN);
  sqe.user_data = user_data({0, 1}, Tag::jobs);
  jobs_armed_ = true;
}

}  // namespace supd::io
