/// The ends of ops: retire first, so that inside the callback the id is stale and the owner may close
/// the fd, then call the sink unless the owner has left.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/io/loop_base.hpp"
#include "units/base/assert.hpp"

namespace supd::io {

void LoopBase::finish_child(Op& op, ExitStatus exit, int error) {
  ChildSink* sink = op.as<ChildPart>().sink;
  const OpId id = op.id;
  const bool wanted = !op.released;
  retire(op);
  ++(wanted ? stats_.completions : stats_.stale_completions);
  if (wanted) sink->on_child_exit(id, exit, error);
}

void LoopBase::finish_stream(Op& op, StreamEnd reason, int error) {
  StreamSink* sink = op.as<StreamPart>().sink;
  const OpId id = op.id;
  const bool wanted = !op.released;
  retire(op);
  ++(wanted ? stats_.completions : stats_.stale_completions);
  if (wanted) sink->on_stream_end(id, reason, error);
}

void LoopBase::finish_poll(Op& op, unsigned revents, int error) {
  PollSink* sink = op.as<PollPart>().sink;
  const OpId id = op.id;
  const bool wanted = !op.released;
  retire(op);
  ++(wanted ? stats_.completions : stats_.stale_completions);
  if (wanted) sink->on_poll(id, revents, error);
}

void LoopBase::finish_write(Op& op, int error) {
  WritePart write = std::move(op.as<WritePart>());
  const OpId id = op.id;
  const bool wanted = !op.released;
  retire(op);
  ++(wanted ? stats_.completions : stats_.stale_completions);
  if (wanted) write.sink->on_write(id, write.written, error, std::move(write.bytes));
}

void LoopBase::finish_job(Op& op) {
  JobPart part = std::move(op.as<JobPart>());
  const OpId id = op.id;
  const bool wanted = !op.released;
  retire(op);
  ++(wanted ? stats_.completions : stats_.stale_completions);
  if (wanted) return part.sink->on_job(id, std::move(part.job));
  drop(std::move(part.job));
}

void LoopBase::finish_timer(Op& op, bool canceled) {
  TimerSink* sink = op.as<TimerPart>().sink;
  const OpId id = op.id;
  retire(op);
  ++stats_.completions;
  sink->on_timer(id, canceled);
}

void LoopBase::finish(Op& op, int error) {
  if (auto* child = op.get<ChildPart>(); child != nullptr) {
    finish_child(op, error == 0 ? exit_of(child->info) : ExitStatus{}, error);
  } else if (op.get<StreamPart>() != nullptr) {
    if (error == ECANCELED) {
      finish_stream(op, StreamEnd::canceled, 0);
    } else {
      finish_stream(op, error == 0 ? StreamEnd::eof : StreamEnd::failed, error);
    }
  } else if (op.get<PollPart>() != nullptr) {
    finish_poll(op, 0, error);
  } else if (op.get<JobPart>() != nullptr) {
    finish_job(op);
  } else {
    SUPD_ASSERT(op.get<WritePart>() != nullptr);
    finish_write(op, error);
  }
}

void LoopBase::give_bytes(Op& op, StreamPart& stream, std::span<const std::byte> bytes) {
  if (op.released) {
    ++stats_.stale_completions;
    return;
  }
  ++stats_.completions;
  if (op.lane == Lane::stream) pace(stream, bytes.size());
  op.delivering = true;
  stream.sink->on_stream_data(op.id, bytes);
  op.delivering = false;
}

void LoopBase::pace(StreamPart& stream, std::size_t bytes) {
  bool first_piece = stream.batch != stats_.turns;
  stream.batch = stats_.turns;
  stream.batch_bytes = first_piece ? bytes : stream.batch_bytes + bytes;
  pace_.note(bytes, stream.batch_bytes, first_piece);
}

}  // namespace supd::io
