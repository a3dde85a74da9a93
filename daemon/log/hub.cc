#include "daemon/log/hub.hpp"

#include <algorithm>
#include <utility>

namespace supd::log {

Hub::Hub(io::Loop& loop, Events& events, HubOptions options)
    : events_(events), options_(std::move(options)), files_{loop, *this, options_.clock_us} {}

Hub::~Hub() = default;

void Hub::retire(std::unique_ptr<FileSink> file) {
  retired_.push_back(std::move(file));
  retired_.back()->retire();
}

bool Hub::idle() const {
  auto is_idle = [](const auto& sink) { return sink == nullptr || sink->idle(); };
  return files_.buffers.pending() == 0 && retired_.empty() && is_idle(options_.console) &&
         std::ranges::all_of(datagrams_, is_idle);
}

RecordSink* Hub::shared(SharedSink sink) {
  if (sink == SharedSink::console) return options_.console;
  auto& made = datagrams_[static_cast<std::size_t>(sink)];
  if (!made) made = make_datagrams(sink);
  return made.get();
}

const DatagramSink* Hub::datagrams(SharedSink sink) const { return datagrams_[static_cast<std::size_t>(sink)].get(); }

std::unique_ptr<DatagramSink> Hub::make_datagrams(SharedSink sink) {
  DatagramEvents& events = *this;
  bool journal = sink == SharedSink::journal;
  DatagramFormat format{journal ? DatagramFormat::Kind::journal : DatagramFormat::Kind::syslog, options_.syslog_source};
  return std::make_unique<DatagramSink>(files_.loop, events, journal ? options_.journal : options_.syslog,
                                        std::move(format), options_.clock_us);
}

void Hub::on_datagrams_failed(const DatagramSink& sink, const Error& error) {
  events_.on_log_datagrams_failed(sink.name(), error);
}

void Hub::on_datagrams_resumed(const DatagramSink& sink) { events_.on_log_datagrams_resumed(sink.name()); }

void Hub::on_file_failed(const std::string& path, const Error& error) { events_.on_log_file_failed(path, error); }

void Hub::on_file_resumed(const std::string& path) { events_.on_log_file_resumed(path); }

void Hub::on_rotation_failed(const std::string& path, const Error& error) {
  events_.on_log_rotation_failed(path, error);
}

void Hub::on_compress_failed(const std::string& path, const Error& error) {
  events_.on_log_compress_failed(path, error);
}

void Hub::on_file_done(FileSink& sink) {
  std::erase_if(retired_, [&](const auto& file) { return file.get() == &sink; });
}

}  // namespace supd::log
