#pragma once

/// A loop without a kernel, for the log's tests: time is advanced by hand, streams are fed by hand, and
/// writes wait until the test completes them, wholly, in part, or with an error. Jobs are run as soon as the test does
/// anything with the loop or looks at its writes, unless it holds them back.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/io/loop.hpp"
#include "tests/log/fake_timers.hpp"

namespace supd::log {

class FakeLoop final : public io::Loop {
 public:
  struct Write {
    io::OpId id;
    int fd = -1;
    std::string bytes;
    io::WriteSink* sink = nullptr;  ///< nullptr: released
  };
  struct WaitingJob {
    io::OpId id;
    std::unique_ptr<io::Job> job;
    io::JobSink* sink = nullptr;  ///< nullptr: released
  };

  /// The writes in flight, once all jobs are done that are not held back.
  class Writes {
   public:
    explicit Writes(FakeLoop& loop) : loop_(loop) {}
    [[nodiscard]] std::size_t size() { return now().size(); }
    [[nodiscard]] bool empty() { return now().empty(); }
    [[nodiscard]] Write& front() { return now().front(); }
    [[nodiscard]] Write& operator[](std::size_t index) { return now().at(index); }

   private:
    std::vector<Write>& now() {
      loop_.run_jobs();
      return loop_.writes_;
    }
    FakeLoop& loop_;
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
    timers_.add(id, sink, at);
    return id;
  }
  io::OpId write_file(sys::BorrowedFd fd, std::string bytes, io::WriteSink& sink) override {
    for (const Write& other : writes_) {
      if (other.fd == fd.get()) ++overlapping_writes;
    }
    io::OpId id = next();
    writes_.push_back({id, fd.get(), std::move(bytes), &sink});
    return id;
  }
  io::OpId run_job(std::unique_ptr<io::Job> job, io::JobSink& sink) override {
    io::OpId id = next();
    jobs.push_back({id, std::move(job), &sink});
    return id;
  }
  void cancel(io::OpId id) override {
    if (auto found = streams_.find(id.generation); found != streams_.end()) found->second.canceled = true;
  }
  void release(io::OpId id, sys::UniqueFd fd) override {
    streams_.erase(id.generation);
    timers_.remove(id);
    for (Write& write : writes_) {
      if (write.id == id) write.sink = nullptr;
    }
    for (WaitingJob& job : jobs) {
      if (job.id == id) job.sink = nullptr;
    }
    if (fd.valid()) ++fds_closed;
  }
  [[nodiscard]] Instant now() const override { return now_; }
  void turn(Instant) override { end_canceled(); }
  [[nodiscard]] io::LoopStats stats() const override { return {}; }

  /// Moves time on and fires what is due, in order.
  void advance(Duration length) {
    run_jobs();
    Instant until = now_ + length;
    while (auto due = timers_.take(until)) {
      now_ = std::max(now_, due->at);
      due->sink->on_timer(due->id, false);
      run_jobs();
    }
    now_ = until;
  }

  void feed(int fd, std::string_view text) {
    auto stream = find(fd);
    stream.second->on_stream_data(stream.first, std::as_bytes(std::span(text)));
    run_jobs();
  }
  void end(int fd, io::StreamEnd reason = io::StreamEnd::eof) {
    auto stream = find(fd);
    streams_.erase(stream.first.generation);
    stream.second->on_stream_end(stream.first, reason, 0);
    run_jobs();
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
    run_jobs();
    return complete(writes_.begin(), written, error);
  }
  /// Completes the newest write in flight.
  std::string complete_last() {
    run_jobs();
    return complete(writes_.end() - 1, {}, 0);
  }
  std::string complete_all() {
    std::string all;
    while (!writes.empty()) all += complete();
    return all;
  }

  /// Runs what waits, and what comes of it.
  void run_jobs() {
    while (!hold_jobs && !jobs.empty()) run_job();
  }
  /// Runs the oldest job, held back or not.
  void run_job() {
    WaitingJob first = std::move(jobs.front());
    jobs.erase(jobs.begin());
    first.job->run();
    ++jobs_run;
    if (first.sink != nullptr) first.sink->on_job(first.id, std::move(first.job));
  }

  [[nodiscard]] std::size_t timers() const { return timers_.size(); }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  [[nodiscard]] bool reads(int fd) const {
    return std::any_of(streams_.begin(), streams_.end(), [&](const auto& stream) { return stream.second.fd == fd; });
  }

  Writes writes{*this};
  std::vector<WaitingJob> jobs;
  bool hold_jobs = false;
  int jobs_run = 0;
  int fds_closed = 0;
  int overlapping_writes = 0;

 private:
  std::string complete(std::vector<Write>::iterator which, std::optional<std::size_t> written, int error) {
    Write write = std::move(*which);
    writes_.erase(which);
    std::string bytes = write.bytes.substr(0, written.value_or(write.bytes.size()));
    if (write.sink != nullptr) write.sink->on_write(write.id, bytes.size(), error, std::move(write.bytes));
    run_jobs();
    return bytes;
  }

  struct OpenStream {
    io::StreamSink* sink;
    int fd;
    bool canceled;
  };

  io::OpId next() { return {1, ++generation_}; }
  std::pair<io::OpId, io::StreamSink*> find(int fd) {
    for (auto& [generation, stream] : streams_) {
      if (stream.fd == fd) return {{1, generation}, stream.sink};
    }
    std::abort();
  }

  std::vector<Write> writes_;
  std::uint32_t generation_ = 0;
  Instant now_{100s};
  std::map<std::uint32_t, OpenStream> streams_;
  FakeTimers timers_;
};

}  // namespace supd::log
