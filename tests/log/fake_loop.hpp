#pragma once

/// A loop without a kernel, for the log's tests: time is advanced by hand, streams are fed by hand, and
/// writes wait until the test completes them, wholly, in part, or with an error.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::log {

class FakeLoop final : public io::Loop {
 public:
  struct Write {
    io::OpId id;
    int fd = -1;
    std::string bytes;
    io::WriteSink* sink = nullptr;  ///< nullptr: released
  };

  [[nodiscard]] std::string_view engine_name() const override { return "fake"; }
  io::OpId wait_child(pid_t, sys::BorrowedFd, io::ChildSink&) override { return next(); }
  io::OpId poll(sys::BorrowedFd, unsigned, io::Lane, io::PollSink&) override { return next(); }

  io::OpId read_stream(sys::BorrowedFd fd, io::Lane, io::StreamSink& sink) override {
    io::OpId id = next();
    streams_[id.generation] = {&sink, fd.get(), false};
    return id;
  }
  io::OpId timer_at(Instant at, io::TimerSink& sink) override {
    io::OpId id = next();
    timers_[id.generation] = {&sink, at};
    return id;
  }
  io::OpId write_file(sys::BorrowedFd fd, std::string bytes, io::WriteSink& sink) override {
    for (const Write& other : writes) {
      if (other.fd == fd.get()) ++overlapping_writes;
    }
    io::OpId id = next();
    writes.push_back({id, fd.get(), std::move(bytes), &sink});
    return id;
  }
  void cancel(io::OpId id) override {
    if (auto found = streams_.find(id.generation); found != streams_.end()) found->second.canceled = true;
  }
  void release(io::OpId id, sys::UniqueFd fd) override {
    streams_.erase(id.generation);
    timers_.erase(id.generation);
    for (Write& write : writes) {
      if (write.id == id) write.sink = nullptr;
    }
    if (fd.valid()) ++fds_closed;
  }
  [[nodiscard]] Instant now() const override { return now_; }
  void turn(Instant) override { end_canceled(); }
  [[nodiscard]] io::LoopStats stats() const override { return {}; }

  /// Moves time on and fires what is due, in order.
  void advance(Duration length) {
    Instant until = now_ + length;
    while (auto due = earliest(until)) {
      auto [sink, at] = timers_.at(*due);
      timers_.erase(*due);
      now_ = std::max(now_, at);
      sink->on_timer({1, *due}, false);
    }
    now_ = until;
  }

  /// Fires the first timer that is due now, alone, as one turn of a loop might.
  void step() {
    auto due = earliest(now_);
    if (!due) return;
    auto [sink, at] = timers_.at(*due);
    timers_.erase(*due);
    sink->on_timer({1, *due}, false);
  }

  void feed(int fd, std::string_view text) {
    auto stream = find(fd);
    stream.second->on_stream_data(stream.first, std::as_bytes(std::span(text)));
  }
  void end(int fd, io::StreamEnd reason = io::StreamEnd::eof) {
    auto stream = find(fd);
    streams_.erase(stream.first.generation);
    stream.second->on_stream_end(stream.first, reason, 0);
  }
  /// Delivers the end of all streams that were cancelled.
  void end_canceled() {
    std::vector<int> fds;
    for (auto& [generation, stream] : streams_) {
      if (stream.canceled) fds.push_back(stream.fd);
    }
    for (int fd : fds) end(fd, io::StreamEnd::canceled);
  }

  /// Completes the oldest write in flight: all of it, or `written` bytes and an error. Returns its bytes.
  std::string complete(std::optional<std::size_t> written = {}, int error = 0) {
    Write write = std::move(writes.front());
    writes.erase(writes.begin());
    std::string bytes = write.bytes.substr(0, written.value_or(write.bytes.size()));
    if (write.sink != nullptr) write.sink->on_write(write.id, bytes.size(), error, std::move(write.bytes));
    return bytes;
  }
  std::string complete_all() {
    std::string all;
    while (!writes.empty()) all += complete();
    return all;
  }

  [[nodiscard]] std::size_t timers() const { return timers_.size(); }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }

  std::vector<Write> writes;
  int fds_closed = 0;
  int overlapping_writes = 0;

 private:
  struct OpenStream {
    io::StreamSink* sink;
    int fd;
    bool canceled;
  };

  io::OpId next() { return {1, ++generation_}; }
  std::optional<std::uint32_t> earliest(Instant until) {
    std::optional<std::uint32_t> found;
    for (auto& [generation, timer] : timers_) {
      if (timer.second > until) continue;
      found = generation;
      until = timer.second - 1ns;  // of equal ones the first
    }
    return found;
  }
  std::pair<io::OpId, io::StreamSink*> find(int fd) {
    for (auto& [generation, stream] : streams_) {
      if (stream.fd == fd) return {{1, generation}, stream.sink};
    }
    std::abort();
  }

  std::uint32_t generation_ = 0;
  Instant now_{100s};
  std::map<std::uint32_t, OpenStream> streams_;
  std::map<std::uint32_t, std::pair<io::TimerSink*, Instant>> timers_;
};

}  // namespace supd::log
