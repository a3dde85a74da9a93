#include "daemon/log/file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/log/format/json_format.hpp"
#include "daemon/log/format/text_format.hpp"
#include "daemon/log/open_file.hpp"

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

FileSink::FileSink(FileShared& shared, FileSettings settings, RoomSink* room)
    : shared_(shared), settings_(std::move(settings)), room_(room), file_(std::exchange(settings_.path, {})) {}

FileSink::~FileSink() {
  if (timer_) shared_.loop.release(timer_);
  shared_.buffers.unreserve(pending_.size());
  if (write_) shared_.buffers.unreserve(in_flight_);
  if (sweeping_) shared_.sweeper.forget(*this);
  shared_.loop.release(write_, file_.take_fd());
}

void FileSink::append(std::int64_t time_us, std::string_view stamp, Stream stream, const Line& line,
                      const RunMark& run) {
  bool marks = run.run.valid() && run.run != run_ && !raw();
  if (!marks && settings_.format == LogFormat::text) {
    if (admit(time_us, record_size(line, stamp.size()))) append_record(pending_, stamp, stream, line);
    return;
  }
  if (marks) {
    std::string marker;
    append_run_marker(marker, run.run, run.pid);
    format_note(shared_.scratch, stamp, marker, run.run);
  }
  format_record(stamp, stream, line, run.run);
  if (append_formatted(time_us) && marks) run_ = run.run;
}

void FileSink::append_note(std::int64_t time_us, std::string_view stamp, std::string_view text) {
  if (raw()) return;
  format_note(shared_.scratch, stamp, text);
  static_cast<void>(append_formatted(time_us));
}

void FileSink::format_record(std::string_view stamp, Stream stream, const Line& line, RunId run) {
  std::string& out = shared_.scratch;
  switch (settings_.format) {
    case LogFormat::text: append_record(out, stamp, stream, line); break;
    case LogFormat::json: append_json_record(out, stamp, settings_.unit, run, stream, line); break;
    case LogFormat::raw:
      out += line.text;
      if (line.end == LineEnd::newline) out += '\n';
      break;
  }
}

void FileSink::format_note(std::string& out, std::string_view stamp, std::string_view text, RunId run) const {
  switch (settings_.format) {
    case LogFormat::text: log::append_note(out, stamp, text); break;
    case LogFormat::json: append_json_note(out, stamp, settings_.unit, text, run); break;
    case LogFormat::raw: break;
  }
}

/// What is in the scratch buffer, all or nothing.
bool FileSink::append_formatted(std::int64_t time_us) {
  constexpr std::size_t kept_capacity = 16 * 1024;
  bool fits = admit(time_us, shared_.scratch.size());
  if (fits) pending_ += shared_.scratch;
  shared_.scratch.clear();
  if (shared_.scratch.capacity() > kept_capacity) std::string().swap(shared_.scratch);
  return fits;
}

/// Whether a record of `size` bytes has room; else it is counted as dropped. Once one was dropped, all
/// are until the drop note stands in the buffer, so that the note stands where the records are missing.
bool FileSink::admit(std::int64_t time_us, std::size_t size) {
  time_us_ = time_us;
  bool dropping = unreported_.records != 0 && (write_ || failing_);
  std::size_t bound = failing_ && !patient() ? max_pending_failed : max_pending;
  bool fits = pending_.empty() || pending_.size() + size <= bound;
  // Files that can't be written may not take all the room from those that can.
  std::size_t share = failing_ ? BufferPool::max_pending_bytes / 2 : BufferPool::max_pending_bytes;
  if (dropping || !fits || !shared_.buffers.reserve(size, share)) {
    drop(1, size);
    return false;
  }
  if (pending_.empty()) oldest_ = shared_.loop.now();
  write_drop_note();
  return true;
}

Lag FileSink::lag() const {
  std::size_t bytes = pending_.size() + (write_ ? in_flight_ : 0);
  if (bytes == 0) return {};
  return {bytes, shared_.loop.now() - (write_ ? oldest_in_flight_ : oldest_)};
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
  Stamper stamper(settings_.time);  // not a shared one: its text may be in use up the stack
  time_us_ = std::max(time_us_, shared_.clock_us());
  std::size_t before = pending_.size();
  format_note(pending_, stamper.text(time_us_), text);
  shared_.buffers.add(pending_.size() - before);
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
  if (pending_.empty() || !ready_file()) return;
  if (pending_.empty()) return tell_room();
  end_torn_line();
  last_write_ = shared_.loop.now();
  in_flight_ = room_in_file();
  oldest_in_flight_ = std::exchange(oldest_, last_write_);
  write_ = shared_.loop.write_file(file_.fd(), take_pending(in_flight_), *this);
  tell_room();
}

bool FileSink::full() {
  full_ = full_ || (patient() && pending_.size() > full_bytes);
  return full_;
}

void FileSink::tell_room() {
  if (!full_ || (patient() && pending_.size() > room_bytes)) return;
  full_ = false;
  if (room_ != nullptr) room_->on_room();
}

/// The first `bytes` of what waits.
std::string FileSink::take_pending(std::size_t bytes) {
  std::string rest = shared_.buffers.take();
  rest.append(pending_, bytes);
  pending_.resize(bytes);
  return std::exchange(pending_, std::move(rest));
}

LogFile::Now FileSink::now() const { return {shared_.loop.now(), shared_.clock_us()}; }

bool FileSink::ready_file() {
  if (file_.is_open() && (reopen_ || shared_.loop.now() >= checked_ + retry_time)) look_at_name();
  return file_.is_open() || open_file();
}

void FileSink::reopen() {
  reopen_ = true;
  if (file_.is_open() && !write_) look_at_name();
}

/// Where the file lost its name a new one is begun. While none can be made, the old one goes on if anybody
/// can still read it.
void FileSink::look_at_name() {
  checked_ = shared_.loop.now();
  FileLook look = file_.look();
  bool anew = std::exchange(reopen_, false) || !look.named;
  if (!look.linked) return file_.close();
  // The rest of a torn record belongs into the file that has its start.
  if (anew && !torn_ && file_.open(now())) take_up_file();
}

bool FileSink::open_file() {
  if (auto opened = file_.open(now()); !opened) {
    fail(opened.error());
    return false;
  }
  take_up_file();
  return true;
}

/// What a file that was just opened needs before it is written.
void FileSink::take_up_file() {
  checked_ = shared_.loop.now();
  drop_torn_rest();
  if (!swept_) sweep();
}

void FileSink::end_torn_line() {
  if (raw() || !file_.mid_line() || pending_.empty()) return;
  // A record of before was cut off by a crash or a full disk: end its line, so that ours starts one.
  pending_.insert(pending_.begin(), '\n');
  file_.set_mid_line(false);
  shared_.buffers.add(1);
}

/// In another file the second half of a record would look like a record that the child made up.
void FileSink::drop_torn_rest() {
  if (!std::exchange(torn_, false) || raw()) return;
  std::size_t size = std::min(pending_.find('\n'), pending_.size() - 1) + 1;
  drop(1, size);
  shared_.buffers.unreserve(size);
  pending_.erase(0, size);
}

void FileSink::on_write(io::OpId, std::size_t written, int error, std::string buffer) noexcept {
  write_ = {};
  shared_.buffers.unreserve(std::min(written, in_flight_));
  if (error == 0 && written < buffer.size()) error = EIO;
  file_.grow(written);
  if (raw() && written > 0) file_.set_mid_line(buffer[written - 1] != '\n');
  if (written > 0) torn_ = written < buffer.size() && buffer[written - 1] != '\n';
  if (error == 0) {
    shared_.buffers.give(std::move(buffer));
    succeed();
    return;
  }
  oldest_ = oldest_in_flight_;
  buffer.erase(0, written);
  buffer += pending_;
  pending_ = std::move(buffer);
  if (!is_want_of_room(error)) file_.close();
  fail(errno_error("write", file_.path(), error));
}

void FileSink::succeed() {
  if (std::exchange(failing_, false)) shared_.events.on_file_resumed(file_.path());
  write_drop_note();
  flush(retired_);
  if (pending_.empty()) shared_.buffers.give(std::exchange(pending_, {}));
  if (retired_ && !busy()) shared_.events.on_file_done(*this);
}

void FileSink::fail(const Error& error) {
  if (!std::exchange(failing_, true)) shared_.events.on_file_failed(file_.path(), error);
  keep_what_fits();
  arm(shared_.loop.now() + (retired_ ? Duration{0} : retry_time));
}

/// Keeps whole records up to the bound for a file that can't be written, the first one in any case.
void FileSink::keep_what_fits() {
  std::size_t keep = pending_.size();
  if (keep > (patient() ? max_pending : max_pending_failed)) {
    std::size_t end = pending_.rfind('\n', max_pending_failed - 1);
    if (end == std::string::npos && raw()) end = max_pending_failed - 1;
    if (end == std::string::npos) end = pending_.find('\n', max_pending_failed);
    keep = std::min(end, pending_.size() - 1) + 1;
  }
  std::string_view rest = std::string_view(pending_).substr(keep);
  if (!rest.empty()) run_ = {};  // its marker may be among what goes
  drop(count_records(rest), rest.size());
  shared_.buffers.unreserve(rest.size());
  pending_.resize(keep);
  pending_.shrink_to_fit();
}

void FileSink::retire() {
  retired_ = true;
  room_ = nullptr;
  if (write_) return;
  if (!failing_) start_write();
  if (!write_ && !timer_) arm(shared_.loop.now());
}

}  // namespace supd::log
