#pragma once

/// Where supd's own messages go besides stderr: a log file of their own, LOGDIR/+supd/current (no unit can be
/// called so), rotated and kept like a unit's; the journal; syslog. A message waits in a bounded queue until the
/// next turn of the loop, so that a sink may complain about itself.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/log/file_sink.hpp"
#include "daemon/log/hub.hpp"
#include "daemon/log/own_log.hpp"

namespace supd::log {

class OwnSinks final : OwnLogTee, io::TimerSink {
 public:
  static constexpr std::size_t max_queued = 64 * 1024;  ///< bytes of messages that wait for the next turn

  struct Options {
    bool to_stderr = true, file = false, journal = false, syslog = false;
    LogFormat format = LogFormat::text;  ///< of the file; not raw
  };
  /// Takes messages from now on. The hub outlives it.
  OwnSinks(Hub& hub, Options options);
  ~OwnSinks();
  OwnSinks(const OwnSinks&) = delete;
  OwnSinks& operator=(const OwnSinks&) = delete;

  /// What came until now is on its way; from now on messages go to stderr alone. The hub tells when all is written.
  void close();

  [[nodiscard]] std::uint64_t dropped() const override;

 private:
  struct Message {
    Level level;
    std::int64_t time_us;
    std::string text;
  };

  void on_own_message(Level level, std::string_view message) override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void deliver();
  void deliver(const Message& message);

  Hub& hub_;
  Options options_;
  std::unique_ptr<FileSink> file_;
  std::deque<Message> queue_;
  std::size_t queued_ = 0;  ///< bytes
  std::uint64_t dropped_ = 0;
  std::int64_t last_us_ = INT64_MIN;  ///< stamps never go back
  io::OpId timer_{};
  bool open_ = true;
};

}  // namespace supd::log
