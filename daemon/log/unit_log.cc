#include "daemon/log/unit_log.hpp"

#include <algorithm>
#include <utility>

#include "daemon/log/console.hpp"
#include "daemon/log/format/rotated_name.hpp"
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
  Batch(UnitLog& log, Stream stream, const RunMark& run)
      : log_(log),
        stream_(stream),
        run_(run),
        time_us_(std::max(log.last_us_, log.hub_.now_us())),
        stamp_(log.hub_.stamp(time_us_, log.time_)),
        file_(log.file()) {
    log.last_us_ = time_us_;
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  void on_line(const Line& line) override {
    count(line);
    if (log_.limit_ && !passes(line)) return;
    if (begins_run()) mark_run();
    std::uint8_t flags = ring_flags();
    if (goes_on(line.end)) flags |= RingRecord::line_goes_on;
    log_.ring_.append({time_us_, flags, line.text, run_.run});
    if (file_ != nullptr) file_->append(time_us_, stamp_, stream_, line, run_);
    if (log_.shared_ != 0) share(line.text, stream_ == Stream::out ? Origin::out : Origin::err, goes_on(line.end));
    if (log_.followers_ != 0) tell_followers(line);
  }

  /// The same as on_line() for each, only faster, where nothing asks for single lines.
  void on_lines(std::string_view block) override {
    if (log_.limit_ || log_.shared_ != 0 || log_.followers_ != 0 || begins_run()) return LineSink::on_lines(block);
    auto lines = file_ != nullptr ? file_->append_lines(time_us_, stamp_, stream_, block, run_) : count_lines(block);
    if (!lines) return LineSink::on_lines(block);
    log_.ring_.append_lines(time_us_, ring_flags(), block, run_.run);
    log_.bytes_ += block.size();
    log_.lines_ += *lines;
  }

  void note(std::string_view text) {
    if (file_ != nullptr) file_->append_note(time_us_, stamp_, text);
    if (log_.shared_ != 0) share(text, Origin::supd, false);
    keep_note(text);
  }

  void end(bool urgent) {
    if (file_ != nullptr) file_->flush(urgent);
  }

 private:
  [[nodiscard]] std::uint8_t ring_flags() const { return stream_ == Stream::err ? RingRecord::from_stderr : 0; }
  [[nodiscard]] bool begins_run() const { return run_.run.valid() && run_ != RunMark{log_.run_, log_.pid_}; }

  /// The file has markers of its own: it may begin later, and lose some. Console, journal and syslog need none.
  void mark_run() {
    log_.run_ = run_.run;
    log_.pid_ = run_.pid;
    std::string marker;
    append_run_marker(marker, run_.run, run_.pid);
    keep_note(marker);
  }

  void keep_note(std::string_view text) {
    log_.ring_.append({time_us_, RingRecord::note, text, log_.run_});
    if (log_.followers_ == 0) return;
    proto::LogRecord record = log_.record(time_us_, text, log_.run_);
    record.note = true;
    log_.hub_.events().on_log_record(log_.id_, record);
  }

  void share(std::string_view text, Origin origin, bool goes_on) {
    SharedRecord record{.unit = log_.name_,
                        .stamp = stamp_,
                        .text = text,
                        .run = origin == Origin::supd ? RunMark{} : run_,
                        .origin = origin,
                        .severity = severity_of(origin),
                        .goes_on = goes_on,
                        .prefix = log_.prefix_};
    for (SharedSink kind : shared_sinks) {
      RecordSink* sink = log_.goes_to(kind) ? log_.hub_.shared(kind) : nullptr;
      if (sink != nullptr && !sink->put(record)) ++log_.losses().shared[static_cast<std::size_t>(kind)];
    }
  }

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
    proto::LogRecord record = log_.record(time_us_, line.text, run_.run);
    record.is_stderr = stream_ == Stream::err;
    record.partial = goes_on(line.end);
    log_.hub_.events().on_log_record(log_.id_, record);
  }

  UnitLog& log_;
  Stream stream_;
  RunMark run_;
  std::int64_t time_us_;
  std::string_view stamp_;
  FileSink* file_;
};

UnitLog::UnitLog(Hub& hub, UnitId id, std::string_view name, const LogSpec& spec)
    : hub_(hub),
      name_(name),
      path_(spec.path),
      ring_(spec.memory ? spec.memory_size : 0),
      id_(id),
      max_line_(static_cast<std::uint32_t>(std::min(spec.max_line, Framer::greatest_max_line))),
      rotation_(spec.rotation) {
  set_sinks(spec);
  set_limit(spec);
}

UnitLog::~UnitLog() { close_file(); }

void UnitLog::reconfigure(const LogSpec& spec) {
  if (spec.path != path_ || !spec.file) close_file();
  path_ = spec.path;
  rotation_ = spec.rotation;
  set_sinks(spec);
  if (file_) file_->configure(file_settings());
  set_limit(spec);
  max_line_ = static_cast<std::uint32_t>(std::min(spec.max_line, Framer::greatest_max_line));
  ring_.set_limit(spec.memory ? spec.memory_size : 0);
}

void UnitLog::close_file() {
  if (!file_) return;
  if (file_->dropped().records != 0) losses().closed_files += file_->dropped();
  if (!file_->finished()) hub_.retire(std::move(file_));
  file_.reset();
  on_room();
}

void UnitLog::on_room() {
  if (flow_ != nullptr) flow_->on_log_room();
}

/// What was counted stays also where there is no limit any more.
void UnitLog::set_limit(const LogSpec& spec) {
  if (spec.rate == 0 && spec.rate_lines == 0 && !limit_) return;
  Rate bytes{spec.rate, spec.burst}, lines{spec.rate_lines, spec.burst_lines};
  if (limit_) return limit_->set(bytes, lines);
  limit_ = std::make_unique<RateLimit>(bytes, lines);
}

void UnitLog::set_sinks(const LogSpec& spec) {
  to_file_ = spec.file;
  shared_ = 0;
  const std::array<bool, shared_sinks.size()> goes{spec.console, spec.journal, spec.syslog};
  for (SharedSink sink : shared_sinks) {
    auto bit = static_cast<unsigned>(sink);
    if (goes[bit]) shared_ = static_cast<std::uint8_t>(shared_ | 1U << bit);
  }
  prefix_ = spec.console_prefix;
  format_ = spec.format;
  time_ = spec.time;
  on_full_ = spec.on_full;
}

UnitLog::Losses& UnitLog::losses() {
  if (!losses_) losses_ = std::make_unique<Losses>();
  return *losses_;
}

void UnitLog::note_limit(Batch& batch) {
  if (limit_->has_report()) batch.note(limit_->take_report());
}

FileSettings UnitLog::file_settings() const {
  std::string path = path_.empty() ? usual_log_path(hub_.directory(), name_) : path_;
  return {std::move(path), rotation_, format_, on_full_, name_, time_};
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

void UnitLog::write(Framer& framer, Stream stream, std::span<const std::byte> bytes, const RunMark& run) {
  Batch batch(*this, stream, run);
  framer.feed(as_text(bytes), batch);
  batch.end(false);
}

void UnitLog::pause(Framer& framer, Stream stream, const RunMark& run) {
  Batch batch(*this, stream, run);
  framer.pause(batch);
  batch.end(false);
}

void UnitLog::finish(Framer& framer, Stream stream, const RunMark& run) {
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

proto::LogRecord UnitLog::record(std::int64_t time_us, std::string_view text, RunId run) const {
  proto::LogRecord out;
  out.unit = name_;
  out.time_us = time_us;
  out.text = text;
  out.run = run.value;
  return out;
}

std::vector<proto::LogRecord> UnitLog::tail(std::size_t count) const {
  std::vector<proto::LogRecord> out;
  for (const RingRecord& kept : ring_.tail(count)) {
    proto::LogRecord& to = out.emplace_back(record(kept.time_us, kept.text, kept.run));
    to.is_stderr = kept.has(RingRecord::from_stderr);
    to.partial = kept.has(RingRecord::line_goes_on);
    to.note = kept.has(RingRecord::note);
  }
  return out;
}

std::uint64_t UnitLog::write_out() {
  if (!file_) return 0;
  file_->flush(true);
  return file_->mark();
}

proto::LogSource UnitLog::source() const {
  proto::LogSource out{.unit = name_, .format = std::string(word(format_)), .file = to_file_};
  out.memory = ring_.limit() != 0;
  if (to_file_) out.path = file_settings().path;
  out.failing = file_ && file_->failing();
  return out;
}

LogStats UnitLog::stats() const {
  LogStats out{.lines = lines_, .bytes = bytes_, .truncated = truncated_};
  if (losses_) {
    out.dropped = losses_->closed_files;
    out.shared_dropped = losses_->shared;
  }
  if (file_) {
    out.dropped += file_->dropped();
    out.lag = file_->lag();
  }
  if (limit_) out.limited = {limit_->dropped_lines(), limit_->dropped_bytes()};
  return out;
}

}  // namespace supd::log
