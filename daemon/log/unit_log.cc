#include "daemon/log/unit_log.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log/console.hpp"
#include "daemon/log/hub.hpp"
#include "units/base/assert.hpp"

namespace supd::log {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

}  // namespace

/// One stamp and the open sinks, for all lines that come at once.
class UnitLog::Batch final : public LineSink {
 public:
  Batch(UnitLog& log, Stream stream, RunId run)
      : log_(log),
        stream_(stream),
        run_(run),
        time_us_(std::max(log.last_us_, log.hub_.now_us())),
        stamp_(log.hub_.stamp(time_us_)),
        file_(log.file()),
        console_(log.to_console_ ? log.hub_.console() : nullptr) {
    log.last_us_ = time_us_;
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void on_line(const Line& line) override {
    count(line);
    if (log_.limit_ && !passes(line)) return;
    std::uint8_t flags = stream_ == Stream::err ? RingRecord::from_stderr : 0;
    if (goes_on(line.end)) flags |= RingRecord::line_goes_on;
    log_.ring_.append({time_us_, flags, line.text});
    if (file_ != nullptr) file_->append(time_us_, stamp_, stream_, line, run_);
    if (console_ != nullptr) console_->line(log_.name_, line);
    if (log_.followers_ != 0) tell_followers(line);
  }

  void note(std::string_view text) {
    log_.ring_.append({time_us_, RingRecord::note, text});
    if (file_ != nullptr) file_->append_note(time_us_, stamp_, text);
    if (console_ != nullptr) console_->note(log_.name_, text);
    if (log_.followers_ == 0) return;
    proto::LogRecord record = log_.record(time_us_, text);
    record.note = true;
    log_.hub_.events().on_log_record(log_.id_, record);
  }

  void end(bool urgent) {
    if (file_ != nullptr) file_->flush(urgent);
  }

 private:
  bool passes(const Line& line) {
    if (!log_.limit_->admit(stream_, line, log_.hub_.loop().now())) return false;
    log_.note_limit(*this);
    return true;
  }

  void count(const Line& line) {
    bool newline = line.end == LineEnd::newline;
    log_.bytes_ += line.text.size() + (newline ? 1 : 0);
    log_.lines_ += goes_on(line.end) ? 0 : 1;
    log_.truncated_ += line.end == LineEnd::cut ? 1 : 0;
  }

  void tell_followers(const Line& line) {
    proto::LogRecord record = log_.record(time_us_, line.text);
    record.is_stderr = stream_ == Stream::err;
    record.partial = goes_on(line.end);
    log_.hub_.events().on_log_record(log_.id_, record);
  }

  UnitLog& log_;
  Stream stream_;
  RunId run_;
  std::int64_t time_us_;
  std::string_view stamp_;
  FileSink* file_;
  Console* console_;
};

UnitLog::UnitLog(Hub& hub, UnitId id, std::string_view name, const LogSpec& spec)
    : hub_(hub),
      name_(name),
      path_(spec.path),
      ring_(spec.memory ? spec.memory_size : 0),
      id_(id),
      max_line_(static_cast<std::uint32_t>(std::min(spec.max_line, Framer::greatest_max_line))),
      to_file_(spec.file),
      to_console_(spec.console),
      format_(spec.format),
      on_full_(spec.on_full),
      rotation_(spec.rotation) {
  set_limit(spec);
}

UnitLog::~UnitLog() { close_file(); }

void UnitLog::reconfigure(const LogSpec& spec) {
  if (spec.path != path_ || !spec.file) close_file();
  path_ = spec.path;
  to_file_ = spec.file;
  to_console_ = spec.console;
  rotation_ = spec.rotation;
  format_ = spec.format;
  on_full_ = spec.on_full;
  if (file_) file_->configure(file_settings());
  set_limit(spec);
  max_line_ = static_cast<std::uint32_t>(std::min(spec.max_line, Framer::greatest_max_line));
  ring_.set_limit(spec.memory ? spec.memory_size : 0);
}

void UnitLog::close_file() {
  if (!file_) return;
  dropped_before_.records += file_->dropped().records;
  dropped_before_.bytes += file_->dropped().bytes;
  if (!file_->finished()) hub_.retire(std::move(file_));
  file_.reset();
  on_room();
}

void UnitLog::on_room() {
  if (flow_ != nullptr) flow_->on_log_room();
}

/// What was counted stays also where there is no limit any more.
void UnitLog::set_limit(const LogSpec& spec) {
  if (spec.rate == 0 && !limit_) return;
  std::uint64_t rate = spec.rate == 0 ? RateLimit::no_limit : spec.rate;
  if (limit_) return limit_->set(rate, spec.burst);
  limit_ = std::make_unique<RateLimit>(rate, spec.burst);
}

void UnitLog::note_limit(Batch& batch) {
  if (limit_->has_report()) batch.note(limit_->take_report());
}

FileSettings UnitLog::file_settings() const {
  std::string path = path_.empty() ? hub_.directory() + "/" + name_ + "/current" : path_;
  return {std::move(path), rotation_, format_, on_full_, name_};
}

void UnitLog::reopen() {
  if (file_) file_->reopen();
}

FileSink* UnitLog::file() {
  if (!to_file_ || file_) return file_.get();
  RoomSink* room = this;
  file_ = std::make_unique<FileSink>(hub_.files(), file_settings(), room);
  return file_.get();
}

void UnitLog::write(Framer& framer, Stream stream, std::span<const std::byte> bytes, RunId run) {
  Batch batch(*this, stream, run);
  framer.feed(as_text(bytes), batch);
  batch.end(false);
}

void UnitLog::pause(Framer& framer, Stream stream, RunId run) {
  Batch batch(*this, stream, run);
  framer.pause(batch);
  batch.end(false);
}

void UnitLog::finish(Framer& framer, Stream stream, RunId run) {
  bool limited = limit_ && limit_->has_report();
  if (framer.idle() && !file_ && !limited) return;
  Batch batch(*this, stream, run);
  framer.finish(batch);
  if (limit_) note_limit(batch);
  batch.end(true);
}

void UnitLog::note(std::string_view text) {
  Batch batch(*this, Stream::out, {});
  batch.note(text);
  batch.end(true);
}

void UnitLog::unfollow() {
  SUPD_ASSERT(followers_ > 0);
  --followers_;
}

proto::LogRecord UnitLog::record(std::int64_t time_us, std::string_view text) const {
  proto::LogRecord out;
  out.unit = name_;
  out.time_us = time_us;
  out.text = text;
  return out;
}

std::vector<proto::LogRecord> UnitLog::tail(std::size_t count) const {
  std::vector<proto::LogRecord> out;
  for (const RingRecord& kept : ring_.tail(count)) {
    proto::LogRecord& to = out.emplace_back(record(kept.time_us, kept.text));
    to.is_stderr = kept.has(RingRecord::from_stderr);
    to.partial = kept.has(RingRecord::line_goes_on);
    to.note = kept.has(RingRecord::note);
  }
  return out;
}

LogStats UnitLog::stats() const {
  Drops dropped = dropped_before_;
  if (file_) {
    dropped.records += file_->dropped().records;
    dropped.bytes += file_->dropped().bytes;
  }
  Drops limited;
  if (limit_) limited = {limit_->dropped_lines(), limit_->dropped_bytes()};
  return {lines_, bytes_, truncated_, dropped, limited};
}

}  // namespace supd::log
