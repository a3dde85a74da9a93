#pragma once

/// Has directories looked through for closed log files that the rules do not keep: when a log file is opened, after
/// each rotation, and when a file gets too old. The work is a job's; see sweep_job.hpp.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/io/loop.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

struct SweepSink {
  /// The directory was looked through. The newest time in a name; INT64_MIN: there is none.
  virtual void on_swept(std::int64_t newest_us) = 0;
  /// A closed file has become too old: sweep again.
  virtual void on_sweep_due() = 0;

 protected:
  ~SweepSink() = default;
};

/// Who compresses closed files.
struct ClosedFiles {
  /// May be told of one that it knows already.
  virtual void offer(const std::string& path, Compression format) = 0;
  /// Files that are being compressed, or wait for it. One that is offered from now on is not begun before
  /// Compressor::settle_time.
  [[nodiscard]] virtual std::vector<std::string> known() const = 0;

 protected:
  ~ClosedFiles() = default;
};

class Sweeper final : io::JobSink, io::TimerSink {
 public:
  static constexpr Duration least_pause = 1min;               ///< between a sweep and one for what got too old since
  static constexpr Duration pause_after_failure = 60 * 1min;  ///< when something could not be removed
  static constexpr Duration longest_pause = 24 * 60 * 1min;   ///< so that a clock that was set is noticed

  Sweeper(io::Loop& loop, std::int64_t (*clock_us)(), ClosedFiles& closed)
      : loop_(loop), clock_us_(clock_us), closed_(closed) {}
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  struct Request {
    std::string directory, base;
    RotationSpec rules;
    SweepSink* sink = nullptr;  ///< told once of the end, and when the next one is due
    std::uint64_t place = 0;    ///< see io::Job::place()
  };
  /// At most one per sink at a time: that is what bounds them.
  void sweep(Request request);
  /// The sink leaves; what it asked for is still done.
  void forget(SweepSink& sink);

  [[nodiscard]] bool idle() const { return under_way_.empty(); }
  [[nodiscard]] std::uint64_t removed() const { return removed_; }
  /// Files that could not be removed.
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

 private:
  void on_job(io::OpId id, std::unique_ptr<io::Job> job) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void note_due(SweepSink* sink, Duration keep_age, std::int64_t oldest_us, bool failed);
  void arm();

  static std::uint64_t key(io::OpId id) { return std::uint64_t{id.generation} << 32 | id.slot; }

  io::Loop& loop_;
  std::int64_t (*clock_us_)();
  ClosedFiles& closed_;
  struct UnderWay {
    io::OpId id;
    SweepSink* sink;  ///< nullptr: it has left
  };
  std::unordered_map<std::uint64_t, UnderWay> under_way_;
  std::map<SweepSink*, Instant> due_;  ///< of logs with a keep_age and closed files
  io::OpId timer_{};                   ///< for the first of them
  Instant timer_at_ = Instant::never();
  std::uint64_t removed_ = 0, failed_ = 0;
};

}  // namespace supd::log
