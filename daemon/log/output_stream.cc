#include "daemon/log/output_stream.hpp"

#include <fcntl.h>

#include <array>
#include <utility>

#include "daemon/log/hub.hpp"
#include "daemon/log/open_file.hpp"

namespace supd::log {

OutputStream::OutputStream(UnitLog& log, const RunMark& run, Stream stream, sys::UniqueFd read_end, OutputOwner& owner)
    : log_(log), owner_(owner), fd_(std::move(read_end)), framer_(log.make_framer()), run_(run), stream_(stream) {
  ++log_.hub().open_streams;
  read_ = log_.hub().loop().read_stream(fd_.borrow(), io::Lane::stream, *this);
}

OutputStream::~OutputStream() { close(); }

void OutputStream::close() {
  if (!fd_.valid()) return;
  io::Loop& loop = log_.hub().loop();
  for (io::OpId* timer : {&end_, &silence_}) {
    if (*timer) loop.release(std::exchange(*timer, {}));
  }
  loop.release(std::exchange(read_, {}), std::move(fd_));
  log_.finish(framer_, stream_, run_);
  --log_.hub().open_streams;
}

/// A writer of large blocks and its reader work in turns when the pipe is small; see pipe(7), F_SETPIPE_SZ.
/// Takes memory of the kernel only as far as there is something in the pipe.
void OutputStream::make_room(std::size_t bytes) {
  Instant now = log_.hub().loop().now();
  turn_bytes_ = now == last_data_ ? turn_bytes_ + bytes : bytes;
  last_data_ = now;
  if (enlarged_ || turn_bytes_ < flood_bytes) return;
  enlarged_ = true;
  static_cast<void>(::fcntl(fd_.get(), F_SETPIPE_SZ, static_cast<int>(large_pipe)));
}

void OutputStream::on_stream_data(io::OpId, std::span<const std::byte> bytes) noexcept {
  make_room(bytes.size());
  log_.write(framer_, stream_, bytes, run_);
  if (framer_.waiting() != 0) watch_silence();
  if (log_.full()) hold();
}

/// What the loop has read already still comes.
void OutputStream::hold() {
  if (std::exchange(held_, true) || cut_) return;
  log_.hub().loop().cancel(read_);
}

void OutputStream::go_on() {
  if (!std::exchange(held_, false) || cut_ || !fd_.valid()) return;
  if (std::exchange(overdue_, false)) end_within(gone_grace);
  if (read_) return;
  read_ = log_.hub().loop().read_stream(fd_.borrow(), io::Lane::stream, *this);
  last_data_ = log_.hub().loop().now();  // it was not the process that was silent
  if (framer_.waiting() != 0) watch_silence();
}

void OutputStream::watch_silence() {
  io::Loop& loop = log_.hub().loop();
  if (!silence_) silence_ = loop.timer_at(last_data_ + silence, *this);
}

/// The timer is not moved at each read: it looks at its end whether there was a later one.
void OutputStream::on_silence() {
  if (framer_.waiting() == 0 || held_) return;
  io::Loop& loop = log_.hub().loop();
  if (loop.now() >= last_data_ + silence) {
    log_.pause(framer_, stream_, run_);
  } else {
    silence_ = loop.timer_at(last_data_ + silence, *this);
  }
}

void OutputStream::end_within(Duration length) {
  if (cut_ || !fd_.valid()) return;
  io::Loop& loop = log_.hub().loop();
  if (end_) loop.release(end_);
  end_ = loop.timer_at(loop.now() + length, *this);
}

void OutputStream::cut() {
  if (std::exchange(cut_, true)) return;
  ++log_.hub().cut_streams;
  io::Loop& loop = log_.hub().loop();
  if (read_) return loop.cancel(read_);
  // Nothing is being read, so nothing would end: the timer does.
  if (end_) loop.release(end_);
  end_ = loop.timer_at(loop.now(), *this);
}

void OutputStream::on_timer(io::OpId id, bool) noexcept {
  if (id == end_) {
    end_ = {};
    if (cut_ && !read_) return finish_cut();
    if (!cut_ && held_) {
      overdue_ = true;  // what was written in time would be read past all bounds, or be lost
      return;
    }
    cut();
  } else {
    silence_ = {};
    on_silence();
  }
}

void OutputStream::on_stream_end(io::OpId, io::StreamEnd reason, int) noexcept {
  read_ = {};
  if (reason == io::StreamEnd::canceled && !cut_) {
    // Held; or let go again before the loop had let go of the pipe, and so not read since.
    if (!std::exchange(held_, true)) go_on();
    return;
  }
  if (reason == io::StreamEnd::canceled) return finish_cut();
  close();
  owner_.on_output_end(*this);
}

void OutputStream::finish_cut() {
  read_rest();
  close();
  owner_.on_output_end(*this);
}

/// What the process wrote before its exit is in the pipe, or was read; nothing of it may be lost.
void OutputStream::read_rest() {
  std::array<std::byte, 16 * 1024> buffer;
  for (std::size_t total = 0; total < last_read;) {
    std::size_t count = read_now(fd_.borrow(), buffer);
    if (count == 0) return;
    log_.write(framer_, stream_, std::span(buffer).first(count), run_);
    total += count;
  }
}

}  // namespace supd::log
