#include "daemon/log/hub.hpp"

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
  return files_.buffers.pending() == 0 && retired_.empty() && (options_.console == nullptr || options_.console->idle());
}

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
