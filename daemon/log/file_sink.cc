#include "daemon/log/file_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/log/format/json_format.hpp"
#include "daemon/log/format/text_format.hpp"
#include "daemon/log/open_file.hpp"
#include "daemon/log/scratch.hpp"

namespace supd::log {
namespace {

std::uint64_t count_records(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

std::string drop_text(const Drops& drops) {
  return std::to_string(drops.records) + " lines, " + std::to_string(drops.bytes) + " bytes dropped here";
}

}  // namespace

FileSink::FileSink(FileShared& shared, FileSettings settings, RoomSink* room)
    : shared_(shared), settings_(std::move(settings)), room_(room), file_(settings_.path) {
  choose_disk();
}

FileSink::~FileSink() {
  disarm();
  uncount(lag_bytes());
  if (in_line_) disk_->leave_line(*this);
  shared_.sweeper.forget(*this);
  if (!in_flight() && file_.is_open()) begin(FileJob::Task::close);
  shared_.loop.release(job_);
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

std::optional<std::size_t> FileSink::append_lines(std::int64_t time_us, std::string_view stamp, Stream stream,
                                                  std::string_view block, const RunMark& run) {
  if (run.run.valid() && run.run != run_ && !raw()) return {};
  const std::size_t most = lines_size_max(block.size(), stamp.size());
  if (settings_.format == LogFormat::json || unreported_.records != 0 || failing_) return {};
  if (pending_.size() + most > max_pending || shared_.buffers.pending() + most > room_for_all()) return {};
  time_us_ = time_us;
  const std::size_t before = pending_.size();
  if (before == 0) oldest_ = shared_.loop.now();
  std::size_t lines = 0;
  if (raw()) {
    pending_ += block;
    lines = count_lines(block);
  } else {
    lines = log::append_lines(pending_, stamp, stream, block);
  }
  count(pending_.size() - before);
  return lines;
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
  empty(shared_.scratch, kept_capacity);
  return fits;
}

Lag FileSink::lag() const {
  std::size_t bytes = lag_bytes();
  if (bytes == 0) return {};
  return {bytes, shared_.loop.now() - (write_ ? oldest_in_flight_ : oldest_)};
}

void FileSink::drop(std::uint64_t records, std::size_t bytes) {
  for (Drops* drops : {&dropped_, &unreported_}) *drops += {records, bytes};
}

/// The note is not held to the bound: it is short, and there is one per write at most.
void FileSink::write_drop_note() {
  if (unreported_.records == 0) return;
  std::string text = drop_text(unreported_);
  Stamper stamper(settings_.time);  // not a shared one: its text may be in use up the stack
  time_us_ = std::max(time_us_, shared_.clock_us());
  std::size_t before = pending_.size();
  format_note(pending_, stamper.text(time_us_), text);
  count(pending_.size() - before);
  unreported_ = {};
}

void FileSink::end_torn_line() {
  if (raw() || !file_.mid_line() || pending_.empty()) return;
  // A record of before was cut off by a crash or a full disk: end its line, so that ours starts one.
  pending_.insert(pending_.begin(), '\n');
  file_.set_mid_line(false);
  count(1);
}

/// In another file the second half of a record would look like a record that the child made up.
void FileSink::drop_torn_rest() {
  if (!std::exchange(torn_, false) || raw()) return;
  std::size_t size = std::min(pending_.find('\n'), pending_.size() - 1) + 1;
  drop(1, size);
  uncount(size);
  pending_.erase(0, size);
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
  uncount(rest.size());
  pending_.resize(keep);
  pending_.shrink_to_fit();
}

}  // namespace supd::log
