#pragma once

/// Has closed log files of all units compressed, one at a time, each by a child of supd's own program at the lowest
/// priority. What can't be done leaves the file as it is, and is tried again a few times, ever later.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/io/loop.hpp"
#include "daemon/log/sweeper.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/error.hpp"

namespace supd::log {

struct CompressorEvents {
  /// A file stays as it is; told once, until it worked with one again.
  virtual void on_compress_failed(const std::string& path, const Error& error) = 0;

 protected:
  ~CompressorEvents() = default;
};

class Compressor final : public ClosedFiles, io::ChildSink, io::TimerSink {
 public:
  static constexpr std::size_t max_waiting = 1024;  ///< files; more are found again by a later sweep
  /// Others that still write the file under its old name have found out by then.
  static constexpr Duration settle_time = 2 * 1s;
  static constexpr Duration retry_time = 1min;   ///< after a failure; twice as long after each further one
  static constexpr std::uint32_t max_tries = 8;  ///< then it waits for the next sweep that finds it

  /// `program` is supd's own, made to compress by `--compress FORMAT FILE`; empty: the one that runs.
  Compressor(io::Loop& loop, CompressorEvents& events, std::string program = {});
  /// Kills a child that is at work, without waiting for it.
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  void offer(const std::string& path, Compression format) override;
  [[nodiscard]] std::vector<std::string> known() const override;

  /// Nothing more is begun, and a child that is at work is killed; it is gone once busy() is false.
  void stop();
  [[nodiscard]] bool busy() const { return pid_ != 0; }
  /// Whether this is the child at work, which nobody else may reap.
  [[nodiscard]] bool is_child(pid_t pid) const { return pid != 0 && pid == pid_; }
  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

 private:
  struct Job {
    std::string path;
    std::string_view task;  ///< the first word for the child; static
    Instant from;           ///< not before
    std::uint32_t tries = 0;
  };
  void on_child_exit(io::OpId id, ExitStatus exit, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void arm();
  void start();
  void fail(const Error& error);
  void kill();

  io::Loop& loop_;
  CompressorEvents& events_;
  std::string program_;
  std::deque<Job> waiting_;  ///< while a child is at work the first one is its
  Instant timer_at_{};
  pid_t pid_ = 0;
  sys::UniqueFd pidfd_;
  io::OpId wait_{}, timer_{};
  std::uint64_t done_ = 0, failed_ = 0;
  bool failing_ = false;
  bool stopped_ = false;
};

}  // namespace supd::log
