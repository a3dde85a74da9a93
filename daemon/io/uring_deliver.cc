/// The completion half of the io_uring engine: from what the kernel says to ends of ops.

#include <cerrno>

#include <sys/wait.h>

#include "daemon/io/uring_loop.hpp"
#include "daemon/io/uring_tags.hpp"
#include "units/base/assert.hpp"

namespace supd::io {
namespace {

std::uint16_t buffer_of(std::uint32_t flags) { return static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT); }

}  // namespace

void UringLoop::deliver(Op& op, const Completion& completion) {
  if (auto* child = op.get<ChildPart>(); child != nullptr) {
    deliver_child(op, *child, completion);
  } else if (auto* stream = op.get<StreamPart>(); stream != nullptr) {
    deliver_stream(op, *stream, completion);
  } else if (op.get<PollPart>() != nullptr) {
    deliver_poll(op, completion);
  } else {
    deliver_write(op, op.as<WritePart>(), completion);
  }
}

/// Two completions per arming: the poll's and the linked waitid's. The op ends with the later of them.
void UringLoop::deliver_child(Op& op, ChildPart& child, const Completion& completion) {
  if (static_cast<uring::Tag>(completion.tag) == uring::Tag::child_poll) {
    child.poll_result = completion.result;
  } else {
    child.wait_result = completion.result;
  }
  if (--child.completions_due > 0) return;
  const int result = child.wait_result;
  op.stage = Stage::idle;
  if (op.released) {
    finish_child(op, {}, ECANCELED);
  } else if (result >= 0 && child.info.si_pid != 0) {
    finish_child(op, exit_of(child.info), 0);
  } else if (op.cancel_asked) {
    finish_child(op, {}, ECANCELED);
  } else if (result == -ECANCELED && child.poll_result < 0) {
    finish_child(op, {}, -child.poll_result);  // the poll failed and took the waitid with it
  } else if (result >= 0 || result == -EINTR || result == -EAGAIN) {
    start(op);
  } else {
    finish_child(op, {}, -result);
  }
}

void UringLoop::deliver_stream(Op& op, StreamPart& stream, const Completion& completion) {
  if (completion.result > 0 && stream.mode != ReadMode::plain_poll) {
    deliver_bytes(op, stream, completion);
  } else if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    buffers_->give_back(buffer_of(completion.flags));
  }
  if ((completion.flags & IORING_CQE_F_MORE) != 0) return;
  op.stage = Stage::idle;
  stream_stopped(op, stream, completion.result);
}

void UringLoop::deliver_bytes(Op& op, StreamPart& stream, const Completion& completion) {
  const auto size = static_cast<std::size_t>(completion.result);
  if ((completion.flags & IORING_CQE_F_BUFFER) == 0) {
    SUPD_ASSERT(stream.mode == ReadMode::plain);
    give_bytes(op, stream, {stream.buffer.get(), size});
    return;
  }
  const std::uint16_t id = buffer_of(completion.flags);
  give_bytes(op, stream, buffers_->at(id).first(size));
  buffers_->give_back(id);
}

/// The kernel reads this stream no longer: ask again, another way if need be, or end the op.
void UringLoop::stream_stopped(Op& op, StreamPart& stream, int result) {
  if (op.released) return finish_stream(op, StreamEnd::canceled, 0);
  if (result == 0) return finish_stream(op, StreamEnd::eof, 0);
  if (op.cancel_asked || result == -ECANCELED) return finish_stream(op, StreamEnd::canceled, 0);
  const bool multishot = stream.mode == ReadMode::best;
  if (result == -ENOBUFS && multishot) {
    ++stats_.starved;
    op.stage = Stage::starved;
    starved_.push_back(op.id);
    return;
  }
  if (multishot && result < 0 && result != -EINTR) ++plain_streams_;
  if (result == -EAGAIN) {
    stream.mode = multishot ? ReadMode::plain : ReadMode::plain_poll;
  } else if (multishot && (result == -EBADFD || result == -EINVAL || result == -EOPNOTSUPP)) {
    stream.mode = ReadMode::plain;  // a regular file, /dev/null: no readiness to wait for
  } else if (result > 0 && stream.mode == ReadMode::plain_poll) {
    stream.mode = ReadMode::plain;
  } else if (result < 0 && result != -EINTR) {
    return finish_stream(op, StreamEnd::failed, -result);
  }
  start(op);
}

void UringLoop::deliver_poll(Op& op, const Completion& completion) {
  constexpr unsigned poll_bits = 0xFFFF;
  op.stage = Stage::idle;
  if (completion.result >= 0) {
    finish_poll(op, static_cast<unsigned>(completion.result) & poll_bits, 0);
  } else if ((completion.result == -EINTR || completion.result == -EAGAIN) && !op.cancel_asked) {
    start(op);
  } else {
    finish_poll(op, 0, completion.result == -EINTR ? ECANCELED : -completion.result);
  }
}

void UringLoop::deliver_write(Op& op, WritePart& write, const Completion& completion) {
  const int result = completion.result;
  op.stage = Stage::idle;
  if (write.polling) {
    write.polling = false;
    if (result < 0 && result != -EINTR) return finish_write(op, -result);
  } else if (result > 0) {
    write.written += static_cast<std::size_t>(result);
    if (write.written == write.bytes.size()) return finish_write(op, 0);
  } else if (result == -EAGAIN) {
    write.polling = true;
  } else if (result != -EINTR) {
    return finish_write(op, result == 0 ? EIO : -result);
  }
  if (op.cancel_asked) return finish_write(op, ECANCELED);
  start(op);
}

}  // namespace supd::io
