#include "daemon/log/file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/log/open_file.hpp"
#include "daemon/log/text_format.hpp"

namespace supd::log {
namespace {

/// After these the same fd may work again; after others the file is opened anew.
bool is_want_of_room(int error) { return error == ENOSPC || error == EDQUOT || error == EAGAIN || error == ENOMEM; }

std::uint64_t count_records(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

std::string drop_text(const Drops& drops) {
  return std::to_string(drops.records) + " lines, " + std::to_string(drops.bytes) + " bytes dropped here";
}

}  // namespace

FileSink::FileSink(FileShared& shared, std::string path) : shared_(shared), path_(std::move(path)) {}

FileSink::~FileSink() {
  if (timer_) shared_.loop.release(timer_);
  shared_.buffers.unreserve(pending_.size());
  if (write_) shared_.buffers.unreserve(in_flight_);
  shared_.loop.release(write_, std::move(fd_));
}

void FileSink::append(std::int64_t time_us, std::string_view stamp, Stream stream, const Line& line) {
  if (admit(time_us, record_size(line))) append_record(pending_, stamp, stream, line);
}

void FileSink::append_note(std::int64_t time_us, std::string_view stamp, std::string_view text) {
  if (admit(time_us, note_size(text))) log::append_note(pending_, stamp, text);
}

/// Whether a record of `size` bytes has room; else it is counted as dropped. Once one was dropped, all
/// are until the drop note stands in the buffer, so that the note stands where the records are missing.
bool FileSink::admit(std::int64_t time_us, std::size_t size) {
  time_us_ = time_us;
  bool dropping = unreported_.records != 0 && (write_ || failing_);
  std::size_t bound = failing_ ? max_pending_failed : max_pending;
  bool fits = pending_.empty() || pending_.size() + size <= bound;
  // Files that can't be written may not take all the room from those that can.
  std::size_t share = failing_ ? BufferPool::max_pending_bytes / 2 : BufferPool::max_pending_bytes;
  if (dropping || !fits || !shared_.buffers.reserve(size, share)) {
    drop(1, size);
    return false;
  }
  write_drop_note();
  return true;
}

void FileSink::drop(std::uint64_t records, std::size_t bytes) {
  for (Drops* drops : {&dropped_, &unreported_}) {
    drops->records += records;
    drops->bytes += bytes;
  }
}

/// The note is not held to the bound: it is short, and there is one per write at most.
void FileSink::write_drop_note() {
  if (unreported_.records == 0) return;
  std::string text = drop_text(unreported_);
  Stamper stamper;  // not the shared one: its text may be in use up the stack
  time_us_ = std::max(time_us_, shared_.clock_us());
  log::append_note(pending_, stamper.text(time_us_), text);
  shared_.buffers.add(note_size(text));
  unreported_ = {};
}

void FileSink::flush(bool urgent) {
  if (pending_.empty() || write_) return;
  if (failing_ && timer_) return;
  Instant next = last_write_ + gather_time;
  bool wait = !urgent && pending_.size() < gather_bytes && shared_.loop.now() < next;
  if (!wait) {
    start_write();
  } else if (!timer_) {
    arm(next);
  }
}

void FileSink::arm(Instant at) { timer_ = shared_.loop.timer_at(at, *this); }

void FileSink::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  if (retired_ && failing_) {
    shared_.events.on_file_done(*this);
  } else if (!write_) {
    start_write();
  }
}

void FileSink::start_write() {
  if (timer_) shared_.loop.release(std::exchange(timer_, {}));
  if (pending_.empty() || !ready_file() || pending_.empty()) return;
  last_write_ = shared_.loop.now();
  in_flight_ = pending_.size();
  write_ = shared_.loop.write_file(fd_.borrow(), std::exchange(pending_, shared_.buffers.take()), *this);
}

bool FileSink::ready_file() {
  Instant now = shared_.loop.now();
  if (fd_.valid() && now >= checked_ + retry_time) {
    checked_ = now;
    if (is_deleted(fd_.borrow())) fd_.reset();
  }
  return fd_.valid() || open_file();
}

bool FileSink::open_file() {
  auto opened = open_log_file(path_);
  if (!opened) {
    fail(opened.error());
    return false;
  }
  fd_ = std::move(opened->fd);
  checked_ = shared_.loop.now();
  drop_torn_rest();
  if (opened->torn && !pending_.empty()) {
    // A record of before was cut off by a crash or a full disk: end its line, so that ours starts one.
    pending_.insert(pending_.begin(), '\n');
    shared_.buffers.add(1);
  }
  return true;
}

/// In another file the second half of a record would look like a record that the child made up.
void FileSink::drop_torn_rest() {
  if (!std::exchange(torn_, false)) return;
  std::size_t size = std::min(pending_.find('\n'), pending_.size() - 1) + 1;
  drop(1, size);
  shared_.buffers.unreserve(size);
  pending_.erase(0, size);
}

void FileSink::on_write(io::OpId, std::size_t written, int error, std::string buffer) noexcept {
  write_ = {};
  shared_.buffers.unreserve(std::min(written, in_flight_));
  if (error == 0 && written < buffer.size()) error = EIO;
  if (written > 0) torn_ = written < buffer.size() && buffer[written - 1] != '\n';
  if (error == 0) {
    shared_.buffers.give(std::move(buffer));
    succeed();
    return;
  }
  buffer.erase(0, written);
  buffer += pending_;
  pending_ = std::move(buffer);
  if (!is_want_of_room(error)) fd_.reset();
  fail(errno_error("write", path_, error));
}

void FileSink::succeed() {
  if (std::exchange(failing_, false)) shared_.events.on_file_resumed(path_);
  write_drop_note();
  flush(retired_);
  if (pending_.empty()) shared_.buffers.give(std::exchange(pending_, {}));
  if (retired_ && !busy()) shared_.events.on_file_done(*this);
}

void FileSink::fail(const Error& error) {
  if (!std::exchange(failing_, true)) shared_.events.on_file_failed(path_, error);
  keep_what_fits();
  arm(shared_.loop.now() + (retired_ ? Duration{0} : retry_time));
}

/// Keeps whole records up to the bound for a file that can't be written, the first one in any case.
void FileSink::keep_what_fits() {
  std::size_t keep = pending_.size();
  if (keep > max_pending_failed) {
    std::size_t end = pending_.rfind('\n', max_pending_failed - 1);
    if (end == std::string::npos) end = pending_.find('\n', max_pending_failed);
    keep = std::min(end, pending_.size() - 1) + 1;
  }
  std::string_view rest = std::string_view(pending_).substr(keep);
  drop(count_records(rest), rest.size());
  shared_.buffers.unreserve(rest.size());
  pending_.resize(keep);
  pending_.shrink_to_fit();
}

void FileSink::retire() {
  retired_ = true;
  if (write_) return;
  if (!failing_) start_write();
  if (!write_ && !timer_) arm(shared_.loop.now());
}

}  // namespace supd::log
