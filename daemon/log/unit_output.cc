#include "daemon/log/unit_output.hpp"

#include <utility>

namespace supd::log {

UnitOutput::UnitOutput(UnitLog& log, UnitOutputOwner* owner) : log_(log), owner_(owner) { log_.set_flow(this); }

UnitOutput::~UnitOutput() {
  streams_.clear();
  log_.set_flow(nullptr);
}

void UnitOutput::on_log_room() {
  for (auto& stream : streams_) stream->go_on();
}

void UnitOutput::attach(RunId run, pid_t pid, Stream stream, sys::UniqueFd read_end) {
  if (streams_.empty()) log_.forget_last_stamp();
  OutputOwner& owner = *this;
  streams_.push_back(std::make_unique<OutputStream>(log_, RunMark{run, pid}, stream, std::move(read_end), owner));
}

void UnitOutput::process_exited(RunId run) {
  for (auto& stream : streams_) {
    if (stream->run() == run && !stream->draining()) stream->process_exited();
  }
  cut_oldest();
}

void UnitOutput::tree_gone(RunId run) {
  for (auto& stream : streams_) {
    if (stream->run() == run) stream->tree_gone();
  }
}

void UnitOutput::cut_all() {
  for (auto& stream : streams_) stream->cut();
}

void UnitOutput::cut_oldest() {
  std::size_t draining = 0;
  for (auto stream = streams_.rbegin(); stream != streams_.rend(); ++stream) {
    if ((*stream)->draining() && ++draining > max_draining) (*stream)->cut();
  }
}

void UnitOutput::on_output_end(OutputStream& stream) {
  std::erase_if(streams_, [&](const auto& open) { return open.get() == &stream; });
  if (!streams_.empty()) return;
  streams_.shrink_to_fit();
  if (owner_ != nullptr) owner_->on_output_idle(*this);
}

}  // namespace supd::log
