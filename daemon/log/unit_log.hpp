#pragma once

/// The log of one unit, over all its runs: takes what a stream brings, cuts it into lines, stamps them,
/// and hands them to memory, file, console, journal, syslog and followers. Costs no memory beyond itself and its names
/// before the first line.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "daemon/log/file_sink.hpp"
#include "daemon/log/format/line.hpp"
#include "daemon/log/framer.hpp"
#include "daemon/log/memory_ring.hpp"
#include "daemon/log/rate_limit.hpp"
#include "units/base/ids.hpp"
#include "units/spec.hpp"

namespace supd::log {

class Hub;
enum class SharedSink : std::uint8_t;

struct FlowSink {
  /// The file of a log that was full() has room again, or is not waited for any more.
  virtual void on_log_room() = 0;

 protected:
  ~FlowSink() = default;
};

struct LogStats {
  std::uint64_t lines = 0;                        ///< taken from the unit; pieces of one line count once
  std::uint64_t bytes = 0;                        ///< taken from the unit, with newlines
  std::uint64_t truncated = 0;                    ///< cuts made in lines longer than max_line
  Drops dropped;                                  ///< records that the file could not take
  Drops limited;                                  ///< lines above the unit's rate, and their bytes
  std::array<std::uint64_t, 3> shared_dropped{};  ///< records that console, journal and syslog could not take
  Lag lag;                                        ///< of the file
};

class UnitLog final : RoomSink {
 public:
  /// The unit's name and paths are copied. `path` of the spec empty: DIRECTORY/NAME/current.
  UnitLog(Hub& hub, UnitId id, std::string_view name, const LogSpec& spec);
  /// What waits for the file is still written, by the hub.
  ~UnitLog();
  UnitLog(const UnitLog&) = delete;
  UnitLog& operator=(const UnitLog&) = delete;

  /// The unit's log is to be another: at once, but for max_line, which is for streams that open from now on. What is
  /// in memory stays as far as it fits; what waits for another file than before is written by the hub.
  void reconfigure(const LogSpec& spec);

  /// Bytes of one stream; `framer` is that stream's own.
  void write(Framer& framer, Stream stream, std::span<const std::byte> bytes, const RunMark& run = {});
  /// The stream fell silent: shows the start of an unfinished line.
  void pause(Framer& framer, Stream stream, const RunMark& run = {});
  /// The stream has ended: an unfinished line is written, once, and the file is written out.
  void finish(Framer& framer, Stream stream, const RunMark& run = {});
  /// Words of supd's own, told apart from the child's in every sink.
  void note(std::string_view text);

  /// The unit's pipes shall not be read until on_log_room() of the flow. Never so unless its spec says so.
  [[nodiscard]] bool full() { return file_ && file_->full(); }
  /// Whoever reads the pipes; nullptr: nobody. Borrowed.
  void set_flow(FlowSink* flow) { flow_ = flow; }

  /// A framer for a new stream of this unit.
  [[nodiscard]] Framer make_framer() const { return Framer(max_line_); }
  /// A stream opens while no other is open: stamps may follow a wall clock that was set back.
  void forget_last_stamp() { last_us_ = INT64_MIN; }

  /// Lets go of the file: what waits is written by the hub, or dropped at the first error. A later line
  /// opens it again.
  void close_file();

  /// The file is opened anew, because somebody has renamed it; see FileSink::reopen().
  void reopen();

  /// While followed, records also go to Events::on_log_record. Counted: one unfollow() each.
  void follow() { ++followers_; }
  void unfollow();

  /// Where the log is. The run is the caller's to fill in.
  [[nodiscard]] proto::LogSource source() const;
  /// What waits for the file is on its way there at once. A mark for has_written().
  std::uint64_t write_out();
  /// Whether what came before the mark is in the file, or is not going to be soon, because that can't be written.
  [[nodiscard]] bool has_written(std::uint64_t mark) const { return !file_ || file_->has_written(mark); }
  /// The last `count` records that are still in memory, oldest first.
  [[nodiscard]] std::vector<proto::LogRecord> tail(std::size_t count) const;
  [[nodiscard]] LogStats stats() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Whether its records go there.
  [[nodiscard]] bool goes_to(SharedSink sink) const { return (shared_ >> static_cast<unsigned>(sink) & 1U) != 0; }
  [[nodiscard]] UnitId id() const { return id_; }
  [[nodiscard]] Hub& hub() const { return hub_; }

 private:
  class Batch;
  /// What went wrong, for the few units for which something did.
  struct Losses {
    Drops closed_files;  ///< dropped by files that were closed since
    std::array<std::uint64_t, 3> shared{};
  };

  void on_room() override;
  void set_limit(const LogSpec& spec);
  void set_sinks(const LogSpec& spec);
  [[nodiscard]] Losses& losses();
  void note_limit(Batch& batch);
  [[nodiscard]] FileSettings file_settings() const;
  [[nodiscard]] FileSink* file();
  [[nodiscard]] proto::LogRecord record(std::int64_t time_us, std::string_view text, RunId run) const;

  Hub& hub_;
  std::string name_;
  std::string path_;
  MemoryRing ring_;
  std::unique_ptr<FileSink> file_;  ///< from the first record on
  std::unique_ptr<Losses> losses_;
  std::uint64_t lines_ = 0, bytes_ = 0, truncated_ = 0;
  std::int64_t last_us_ = INT64_MIN;  ///< of the last batch: stamps never go back within a run
  UnitId id_;
  std::uint32_t max_line_;
  std::uint32_t followers_ = 0;
  pid_t pid_ = 0;  ///< of the last record, as its run
  RunId run_;
  bool to_file_ = false, prefix_ = true;
  std::uint8_t shared_ = 0;  ///< a bit for each SharedSink that it goes to
  LogFormat format_{};
  LogTime time_{};
  OnFull on_full_{};
  RotationSpec rotation_;
  std::unique_ptr<RateLimit> limit_;  ///< where there is one
  FlowSink* flow_ = nullptr;
};

}  // namespace supd::log
