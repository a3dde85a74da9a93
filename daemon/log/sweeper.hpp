#pragma once

/// Removes closed log files that the rules do not keep. One directory at a time, a little per turn of the
/// loop. Only regular files that bear the names of rotated_name.hpp are touched, and only in the very
/// directory of the file that is written.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/io/loop.hpp"
#include "daemon/log/rotation.hpp"
#include "daemon/sys/directory.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

struct SweepSink {
  /// The directory was looked through. The newest time in a name; INT64_MIN: there is none.
  virtual void on_swept(std::int64_t newest_us) = 0;

 protected:
  ~SweepSink() = default;
};

/// Who does with closed files what takes its time.
struct ClosedFiles {
  /// May be told of one that it knows already.
  virtual void offer(const std::string& path, Compression format) = 0;
  /// Removes it. May be told of one that it knows already.
  virtual void remove(const std::string& path) = 0;
  /// Whether the unfinished copy of this file is being made.
  [[nodiscard]] virtual bool working_on(const std::string& path) const = 0;

 protected:
  ~ClosedFiles() = default;
};

class Sweeper final : io::TimerSink {
 public:
  static constexpr std::size_t entries_per_turn = 256;
  static constexpr std::size_t removals_per_turn = 4;
  static constexpr std::int64_t large_file = 32 * 1024 * 1024;  ///< bytes; not removed on the loop: that may take long
  static constexpr std::size_t max_files =
      16 * 1024;  ///< that are looked at in one directory; more wait for the next sweep

  Sweeper(io::Loop& loop, std::int64_t (*clock_us)(), ClosedFiles& closed)
      : loop_(loop), clock_us_(clock_us), closed_(closed) {}
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  struct Request {
    std::string directory, base;
    RotationSpec rules;
    SweepSink* sink = nullptr;  ///< told once
  };
  /// At most one per file at a time: that is what bounds the queue.
  void sweep(Request request);
  /// The sink leaves; what it asked for is still done.
  void forget(SweepSink& sink);

  [[nodiscard]] bool idle() const { return queue_.empty(); }
  [[nodiscard]] std::uint64_t removed() const { return removed_; }
  /// Files that could not be removed.
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

 private:
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void step();
  void list_some();
  void look_at_entry(const char* name);
  void end_listing();
  void judge(const Request& request);
  [[nodiscard]] std::string path_of(const RotatedName& name) const;
  void remove_some();
  void remove(const RotatedName& name);
  void next();

  io::Loop& loop_;
  std::int64_t (*clock_us_)();
  ClosedFiles& closed_;
  io::OpId timer_{};
  std::deque<Request> queue_;  ///< the first one is being done
  std::optional<sys::Directory> directory_;
  bool listed_ = false;
  std::vector<RotatedFile> files_;
  std::vector<RotatedName> doomed_;  ///< newest first
  std::uint64_t removed_ = 0, failed_ = 0;
};

}  // namespace supd::log
