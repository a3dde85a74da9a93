#include "daemon/log/own_sinks.hpp"
#include "daemon/log/format/rotated_name.hpp"

#include <algorithm>
#include <utility>

namespace supd::log {
namespace {

Severity severity_of(Level level) {
  switch (level) {
    case Level::debug: return Severity::debug;
    case Level::info: return Severity::info;
    case Level::warn: return Severity::warning;
    case Level::error: return Severity::error;
  }
  std::unreachable();
}

std::string_view prefix_of(Level level) {
  switch (level) {
    case Level::debug: return "debug: ";
    case Level::info: return "";
    case Level::warn: return "warning: ";
    case Level::error: return "error: ";
  }
  std::unreachable();
}

}  // namespace

OwnSinks::OwnSinks(Hub& hub, Options options) : hub_(hub), options_(options) {
  if (options_.file) {
    FileSettings settings;
    settings.path = usual_log_path(hub_.directory(), own_name);
    settings.format = options_.format;
    settings.unit = own_name;
    file_ = std::make_unique<FileSink>(hub_.files(), std::move(settings));
  }
  OwnLogTee* tee = this;
  set_tee(tee, options_.to_stderr);
}

OwnSinks::~OwnSinks() { close(); }

void OwnSinks::close() {
  if (!std::exchange(open_, false)) return;
  set_tee(nullptr, true);
  if (timer_) hub_.loop().release(std::exchange(timer_, {}));
  deliver();
  if (!file_) return;
  dropped_ += file_->dropped().records;
  if (file_->busy()) hub_.retire(std::move(file_));
  file_.reset();
}

std::uint64_t OwnSinks::dropped() const { return dropped_ + (file_ ? file_->dropped().records : 0); }

void OwnSinks::on_own_message(Level level, std::string_view message) {
  if (!queue_.empty() && queued_ + message.size() > max_queued) {
    ++dropped_;
    return;
  }
  last_us_ = std::max(last_us_, hub_.now_us());
  queue_.push_back({level, last_us_, std::string(message)});
  queued_ += message.size();
  if (!timer_) timer_ = hub_.loop().timer_at(hub_.loop().now(), *this);
}

void OwnSinks::on_timer(io::OpId, bool) noexcept {
  timer_ = {};
  deliver();
}

/// What a sink says meanwhile is for the next turn.
void OwnSinks::deliver() {
  queued_ = 0;
  for (const Message& message : std::exchange(queue_, {})) deliver(message);
  if (file_) file_->flush(false);
}

void OwnSinks::deliver(const Message& message) {
  std::string text = std::string(prefix_of(message.level)) + message.text;
  Stamper stamper;
  std::string_view stamp = stamper.text(message.time_us);
  if (file_) file_->append_note(message.time_us, stamp, text);
  SharedRecord record{
      .stamp = stamp, .text = message.text, .origin = Origin::supd, .severity = severity_of(message.level)};
  if (options_.journal && !hub_.shared(SharedSink::journal)->put(record)) ++dropped_;
  if (options_.syslog && !hub_.shared(SharedSink::syslog)->put(record)) ++dropped_;
}

}  // namespace supd::log
