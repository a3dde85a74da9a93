#pragma once

/// A sink for everything that writes down what it is told, and can do something in reaction.

#include <functional>
#include <string>
#include <vector>

#include "daemon/io/loop.hpp"

namespace supd::io::test {

/// One line per callback, shared by the recorders of a test: the order across them is what is tested.
using Journal = std::vector<std::string>;

class Recorder final : public ChildSink, public StreamSink, public PollSink, public TimerSink, public WriteSink {
 public:
  explicit Recorder(std::string name = "op", Journal* journal = nullptr) : name_(std::move(name)), journal_(journal) {}

  std::function<void()> on_data = [] {};      ///< runs inside on_stream_data
  std::function<void()> on_terminal = [] {};  ///< runs inside the terminal callback

  int terminals = 0;
  int pieces = 0;
  OpId last_id;
  std::string bytes;
  ExitStatus exit;
  StreamEnd end = StreamEnd::eof;
  int error = 0;
  unsigned revents = 0;
  bool canceled = false;
  std::size_t written = 0;
  std::string buffer;

  [[nodiscard]] bool done() const { return terminals > 0; }

  void on_child_exit(OpId id, ExitStatus status, int code) noexcept override {
    exit = status;
    terminal(id, code, "exit " + std::to_string(status.code) + "/" + std::to_string(status.status));
  }
  void on_stream_data(OpId id, std::span<const std::byte> data) noexcept override {
    last_id = id;
    ++pieces;
    bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
    if (journal_ != nullptr) journal_->push_back(name_ + ": data");
    on_data();
  }
  void on_stream_end(OpId id, StreamEnd reason, int code) noexcept override {
    end = reason;
    terminal(id, code, reason == StreamEnd::eof ? "eof" : reason == StreamEnd::canceled ? "canceled" : "failed");
  }
  void on_poll(OpId id, unsigned events, int code) noexcept override {
    revents = events;
    terminal(id, code, "poll");
  }
  void on_timer(OpId id, bool was_canceled) noexcept override {
    canceled = was_canceled;
    terminal(id, 0, was_canceled ? "timer canceled" : "timer");
  }
  void on_write(OpId id, std::size_t count, int code, std::string back) noexcept override {
    written = count;
    buffer = std::move(back);
    terminal(id, code, "written");
  }

 private:
  void terminal(OpId id, int code, const std::string& what) {
    last_id = id;
    error = code;
    ++terminals;
    if (journal_ != nullptr) journal_->push_back(name_ + ": " + what);
    on_terminal();
  }

  std::string name_;
  Journal* journal_;
};

}  // namespace supd::io::test
