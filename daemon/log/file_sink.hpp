#pragma once

/// One unit's log file. Records gather in a buffer while a write is in flight; the file is opened at the
/// first record, opened again when somebody took its name away, and tried again once per second while it
/// can't be written. A full buffer drops whole records, counts them, and says so in the file when it goes
/// on. A file that is full or old enough is closed, between records, and another one begun.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/log/buffer_pool.hpp"
#include "daemon/log/compressor.hpp"
#include "daemon/log/format/line.hpp"
#include "daemon/log/format/run_marker.hpp"
#include "daemon/log/format/stamp.hpp"
#include "daemon/log/log_file.hpp"
#include "daemon/log/rotation.hpp"
#include "daemon/log/sweeper.hpp"
#include "units/base/error.hpp"
#include "units/base/ids.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

class FileSink;

struct Drops {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  ///< as they would have stood in the file
};

/// What a sink has taken and not passed on yet.
struct Lag {
  std::size_t bytes = 0;
  Duration age{};  ///< of the oldest of them
};

struct FileEvents : CompressorEvents {
  /// The file can't be written; told once, until it works again.
  virtual void on_file_failed(const std::string& path, const Error& error) = 0;
  virtual void on_file_resumed(const std::string& path) = 0;
  /// The file can't be rotated, so it grows on; told once, until it works again.
  virtual void on_rotation_failed(const std::string& path, const Error& error) = 0;
  /// A sink that was retired has nothing left to do; it may be destroyed in the call.
  virtual void on_file_done(FileSink& sink) = 0;

 protected:
  ~FileEvents() = default;
};

/// What all log files share. Outlives them.
struct FileShared {
  io::Loop& loop;
  FileEvents& events;
  std::int64_t (*clock_us)() = wall_clock_us;
  Stamper stamper{};
  BufferPool buffers{};
  std::string scratch{};  ///< one record
  Compressor compressor{loop, events};
  Sweeper sweeper{loop, clock_us, compressor};
};

/// What a unit file says of its log file.
struct FileSettings {
  std::string path;
  RotationSpec rotation;
  LogFormat format = LogFormat::text;
  OnFull on_full = OnFull::drop;
  std::string unit{};  ///< its name, for formats that have it in each record
  LogTime time = LogTime::utc;
};

struct RoomSink {
  /// A file that was full() has room again. Also called from inside of the sink's functions.
  virtual void on_room() = 0;

 protected:
  ~RoomSink() = default;
};

class FileSink final : io::WriteSink, io::TimerSink, SweepSink {
 public:
  static constexpr std::size_t max_pending = 16 * 1024 * 1024;  ///< bytes gathered behind a slow write
  static constexpr std::size_t max_pending_failed = 16 * 1024;  ///< bytes kept while the file can't be written
  static constexpr std::size_t full_bytes = 1024 * 1024;        ///< gathered, with OnFull::block: no more is read
  static constexpr std::size_t room_bytes = 256 * 1024;         ///< so few are left: it is read on
  static constexpr std::size_t gather_bytes = 64 * 1024;        ///< so many are written at once
  static constexpr Duration gather_time = 5ms;                  ///< writes follow each other no faster
  static constexpr Duration retry_time = 1s;                    ///< after an error, and between looks at the name
  static constexpr Duration rotation_retry_time = 10s;          ///< after a rotation that failed

  /// `room` may be nullptr.
  FileSink(FileShared& shared, FileSettings settings, RoomSink* room = nullptr);
  /// What waits is dropped; a write in flight still reaches the file.
  ~FileSink();
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  /// Adds one record, behind a run marker when the one before was of another run, or counts it as dropped. `stamp`
  /// is the text of `time_us`.
  void append(std::int64_t time_us, std::string_view stamp, Stream stream, const Line& line, const RunMark& run = {});
  /// Not for LogFormat::raw, which has the child's bytes only.
  void append_note(std::int64_t time_us, std::string_view stamp, std::string_view text);

  /// Ends a batch of records: lets a write start, now (`urgent`) or once enough has gathered.
  void flush(bool urgent);

  /// Other settings, but for path and unit, at once.
  void configure(const FileSettings& settings);
  /// OnFull::block: whoever reads the unit's output shall stop until on_room().
  [[nodiscard]] bool full();
  /// Opens the file anew: whoever renamed it wants that now. With a write in flight, once that is done and
  /// more is to be written; a file that was deleted, at the next record.
  void reopen();

  /// The unit is gone: writes what waits and then tells on_file_done, from a later turn. At the first
  /// error what waits is dropped.
  void retire();

  [[nodiscard]] bool busy() const { return write_ || !pending_.empty(); }
  [[nodiscard]] bool failing() const { return failing_; }
  [[nodiscard]] const Drops& dropped() const { return dropped_; }
  /// Bytes that are not in the file yet, and how long the oldest of them has been waiting.
  [[nodiscard]] Lag lag() const;

 private:
  void on_write(io::OpId id, std::size_t written, int error, std::string buffer) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;
  void on_swept(std::int64_t newest_us) override;

  void format_record(std::string_view stamp, Stream stream, const Line& line, RunId run);
  void format_note(std::string& out, std::string_view stamp, std::string_view text, RunId run = {}) const;
  [[nodiscard]] bool append_formatted(std::int64_t time_us);
  void tell_room();
  [[nodiscard]] bool patient() const { return settings_.on_full == OnFull::block; }
  [[nodiscard]] bool raw() const { return settings_.format == LogFormat::raw; }
  [[nodiscard]] bool mid_line() const { return torn_ || (raw() && file_.mid_line()); }
  [[nodiscard]] bool admit(std::int64_t time_us, std::size_t size);
  void drop(std::uint64_t records, std::size_t bytes);
  void write_drop_note();
  void start_write();
  [[nodiscard]] std::string take_pending(std::size_t bytes);
  [[nodiscard]] bool ready_file();
  [[nodiscard]] bool open_file();
  void look_at_name();
  void take_up_file();
  void end_torn_line();
  [[nodiscard]] LogFile::Now now() const;
  [[nodiscard]] std::size_t room_in_file();
  [[nodiscard]] bool may_rotate() const;
  [[nodiscard]] bool too_old() const;
  void rotate();
  void sweep();
  void fail(const Error& error);
  void succeed();
  void keep_what_fits();
  void drop_torn_rest();
  void arm(Instant at);

  FileShared& shared_;
  FileSettings settings_;  ///< without the path, which is file_'s
  RoomSink* room_;
  LogFile file_;
  std::string pending_;  ///< counted in shared_.buffers
  io::OpId write_{};
  io::OpId timer_{};                       ///< ends a gathering, or the wait after an error
  Instant last_write_{};                   ///< start of it
  Instant oldest_{}, oldest_in_flight_{};  ///< when the first byte of pending_ came, and of the write in flight
  Instant checked_{};                      ///< when the name was last looked at
  Instant rotate_from_{};                  ///< no rotation before
  std::int64_t newest_us_ = INT64_MIN;     ///< in the name of a closed file
  std::int64_t time_us_ = 0;               ///< of the last record
  Drops dropped_{};
  Drops unreported_{};
  RunId run_{};                ///< of the last record
  std::size_t in_flight_ = 0;  ///< bytes of the write in flight
  bool failing_ = false;
  bool torn_ = false;  ///< pending_ starts within a record whose first part is in the file
  bool retired_ = false;
  bool reopen_ = false;
  bool swept_ = false;  ///< newest_us_ is known
  bool sweeping_ = false;
  bool rotation_failing_ = false;
  bool full_ = false;
};

}  // namespace supd::log
