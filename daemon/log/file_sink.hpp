#pragma once

/// One unit's log file. Records gather in a buffer while something is in flight; the file is opened at the
/// first record, opened again when somebody took its name away, and tried again once per second while it
/// can't be written. A full buffer drops whole records, counts them, and says so in the file when it goes
/// on. A file that is full or old enough is closed, between records, and another one begun.
///
/// Nothing here calls the file system: that may hang. At most one thing is in flight:
///
///   nothing   records wait for advance(), or there are none. A timer may be set: it ends a gathering, or the
///             wait after an error (failing_).
///   write     a write of the loop; the file is lent to it.
///   job       a FileJob has the file: it opens it, looks whether its name still leads to it, rotates or
///             closes it. The sink has none meanwhile.
///
/// advance() leaves "nothing", and on_write() and on_job() come back to it. It does the first of these that is due:
/// open the file, look at its name (reopen(), or a second has passed), rotate it, write. A sink that is retired closes
/// its file when nothing is left to write, or at the first error, and has then done its work. Whatever is in flight,
/// all functions may be called: they note what is wanted for advance(). What hangs stays in flight; records gather up
/// to the bound, then they are dropped or their unit waits. Sweeps of the directory go beside all that.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/log/file_job.hpp"
#include "daemon/log/file_settings.hpp"
#include "daemon/log/file_shared.hpp"
#include "daemon/log/format/line.hpp"
#include "daemon/log/format/run_marker.hpp"
#include "daemon/log/format/stamp.hpp"
#include "daemon/log/log_file.hpp"
#include "daemon/log/sweeper.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"

namespace supd::log {

struct RoomSink {
  /// A file that was full() has room again. Also called from inside of the sink's functions.
  virtual void on_room() = 0;

 protected:
  ~RoomSink() = default;
};

class FileSink final : io::WriteSink, io::JobSink, io::TimerSink, SweepSink, DiskWaiter {
 public:
  static constexpr std::size_t max_pending = 16 * 1024 * 1024;  ///< bytes gathered behind a slow write
  static constexpr std::size_t max_pending_failed = 16 * 1024;  ///< bytes kept while the file can't be written
  static constexpr std::size_t full_bytes = 1024 * 1024;        ///< gathered: no more is read
  static constexpr std::size_t gather_bytes = 64 * 1024;        ///< so many are written at once
  static constexpr Duration gather_time = 4ms;                  ///< writes follow each other no faster
  static constexpr Duration flood_gather_time = 20ms;  ///< the same after a write of flood_bytes: no single line
  static constexpr std::size_t flood_bytes = 2048;
  static constexpr Duration retry_time = 1s;            ///< after an error, and between looks at the name
  static constexpr Duration rotation_retry_time = 10s;  ///< after a rotation that failed
  static constexpr Duration hang_time = 2s;  ///< nothing done by its disk: it hangs; OnFull::drop waits no longer

  /// `room` may be nullptr.
  FileSink(FileShared& shared, FileSettings settings, RoomSink* room = nullptr);
  /// What waits is dropped; a write in flight still reaches the file, a job still comes to its end.
  ~FileSink();
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  /// Adds one record, behind a run marker when the one before was of another run, or counts it as dropped. `stamp`
  /// is the text of `time_us`.
  void append(std::int64_t time_us, std::string_view stamp, Stream stream, const Line& line, const RunMark& run = {});
  /// Many lines at once, each with its newline; returns how many. Nothing, and nothing done, where they have to be
  /// looked at one by one: in another format than text or raw, with little room, or where a run begins.
  [[nodiscard]] std::optional<std::size_t> append_lines(std::int64_t time_us, std::string_view stamp, Stream stream,
                                                        std::string_view block, const RunMark& run = {});
  /// Not for LogFormat::raw, which has the child's bytes only.
  void append_note(std::int64_t time_us, std::string_view stamp, std::string_view text);

  /// Ends a batch of records: lets a write start, now (`urgent`) or once enough has gathered.
  void flush(bool urgent);

  /// Other settings, but for path and unit, at once.
  void configure(const FileSettings& settings);
  /// Whoever reads the unit's output shall stop until on_room(): too much waits here, or for the disk. With
  /// OnFull::drop only while the disk is at work, and gets something done every hang_time: else more would be dropped
  /// than the disk is slow.
  [[nodiscard]] bool full();
  /// Opens the file anew: whoever renamed it wants that now. Done as soon as nothing else is in flight; a file that
  /// was deleted, at the next record.
  void reopen();

  /// The unit is gone: writes what waits, closes the file and then tells on_file_done, from a later turn. At the
  /// first error what waits is dropped.
  void retire();

  /// Something is in flight, or waits to be.
  [[nodiscard]] bool busy() const { return in_flight() || !pending_.empty(); }
  /// Nothing would be left for retire() to do.
  [[nodiscard]] bool finished() const { return !busy() && !file_.is_open(); }
  [[nodiscard]] bool failing() const { return failing_; }
  [[nodiscard]] const Drops& dropped() const { return dropped_; }
  /// Bytes that are not in the file yet, and how long the oldest of them has been waiting.
  [[nodiscard]] Lag lag() const;
  /// Where the sink is: has_written() says whether what came before is in the file, or it can't be written.
  [[nodiscard]] std::uint64_t mark() const { return taken_; }
  [[nodiscard]] bool has_written(std::uint64_t mark) const { return failing_ || taken_ - lag_bytes() >= mark; }

 private:
  void on_write(io::OpId id, std::size_t written, int error, std::string buffer) noexcept override;
  void on_job(io::OpId id, std::unique_ptr<io::Job> job) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void on_sweep_due() override { sweep(); }
  void on_swept(std::int64_t newest_us) override;

  void format_record(std::string_view stamp, Stream stream, const Line& line, RunId run);
  void format_note(std::string& out, std::string_view stamp, std::string_view text, RunId run = {}) const;
  [[nodiscard]] bool append_formatted(std::int64_t time_us);
  void tell_room();
  [[nodiscard]] std::size_t lag_bytes() const { return pending_.size() + (write_ ? in_flight_ : 0); }
  [[nodiscard]] Instant disk_moved() const;
  [[nodiscard]] bool is_waited_for() const;
  void watch_disk();
  void on_disk_room() override;
  void choose_disk();
  void count(std::size_t bytes);
  void uncount(std::size_t bytes);
  [[nodiscard]] bool patient() const { return settings_.on_full == OnFull::block; }
  [[nodiscard]] bool raw() const { return settings_.format == LogFormat::raw; }
  [[nodiscard]] bool mid_line() const { return torn_ || (raw() && file_.mid_line()); }
  [[nodiscard]] std::size_t room_for_all() const;
  [[nodiscard]] bool admit(std::int64_t time_us, std::size_t size);
  void drop(std::uint64_t records, std::size_t bytes);
  void write_drop_note();
  [[nodiscard]] bool in_flight() const { return static_cast<bool>(write_) || static_cast<bool>(job_); }
  [[nodiscard]] bool hangs() const;
  void tell_hang();
  void landed(bool well);
  void advance();
  void begin(FileJob::Task task);
  void write();
  [[nodiscard]] std::string take_pending(std::size_t bytes);
  void give_up();
  void close_and_tell();
  void take_up_file();
  void end_torn_line();
  [[nodiscard]] LogFile::Now now() const;
  [[nodiscard]] bool may_rotate() const;
  [[nodiscard]] bool too_old() const;
  [[nodiscard]] bool wants_rotation() const;
  [[nodiscard]] std::size_t room_in_file() const;
  void end_rotation(const FileJob& job);
  void sweep();
  void fail(const Error& error);
  void succeed();
  void keep_what_fits();
  void drop_torn_rest();
  void arm(Instant at);
  void disarm();

  FileShared& shared_;
  FileSettings settings_;
  RoomSink* room_;
  LogFile file_;  ///< nothing while a job has it
  std::shared_ptr<Disk> disk_;
  std::string pending_;       ///< counted in shared_.buffers and disk_
  io::OpId write_{}, job_{};  ///< in flight: one of them at most
  io::OpId timer_{};          ///< ends a gathering, the wait after an error, or for what is in flight (full())
  Instant begun_{};           ///< when what is in flight was begun
  Instant last_write_{};      ///< start of it
  Instant oldest_{}, oldest_in_flight_{};  ///< when the first byte came, of pending_ and in flight
  Instant checked_{};                      ///< when the name was last looked at
  Instant rotate_from_{};                  ///< no rotation before
  std::int64_t newest_us_ = INT64_MIN;     ///< in the name of a closed file
  std::int64_t time_us_ = 0;               ///< of the last record
  std::uint64_t taken_ = 0;                ///< bytes of all records
  Drops dropped_{};
  Drops unreported_{};
  RunId run_{};                ///< of the last record
  std::size_t in_flight_ = 0;  ///< bytes of the write in flight, or of the last one
  bool failing_ = false;
  bool hang_told_ = false;
  bool lost_ = false;  ///< the file is open and not to be written any more
  bool torn_ = false;  ///< pending_ starts within a record whose first part is in the file
  bool retired_ = false;
  bool reopen_ = false;
  bool swept_ = false;  ///< newest_us_ is known
  bool sweeping_ = false;
  bool sweep_wanted_ = false;  ///< once the file is here
  bool rotation_failing_ = false;
  bool full_ = false;
  bool in_line_ = false;  ///< of disk_, which is crowded
  bool apart_ = false;    ///< disk_ is its own
};

}  // namespace supd::log
