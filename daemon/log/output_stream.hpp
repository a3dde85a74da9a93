#pragma once

/// The reading end of one pipe: stdout or stderr of one run. Feeds the unit's log until the pipe's end,
/// which is an event apart from the process's exit and may come before or after it.

#include <cstdint>

#include "daemon/io/loop.hpp"
#include "daemon/log/format/line.hpp"
#include "daemon/log/format/run_marker.hpp"
#include "daemon/log/framer.hpp"
#include "daemon/log/unit_log.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/ids.hpp"

namespace supd::log {

class OutputStream;

struct OutputOwner {
  /// Everything was read and the fd is closed. Last act of the stream: it may be destroyed in the call.
  virtual void on_output_end(OutputStream& stream) = 0;

 protected:
  ~OutputOwner() = default;
};

class OutputStream final : io::StreamSink, io::TimerSink {
 public:
  static constexpr Duration grace = 5s;                   ///< a process that outlives its run may keep the pipe so long
  static constexpr Duration gone_grace = 100ms;           ///< the same, when the run's whole tree is gone
  static constexpr Duration silence = 2s;                 ///< then the start of an unfinished line is shown
  static constexpr std::size_t large_pipe = 1024 * 1024;  ///< bytes, for a stream that fills its pipe
  static constexpr std::size_t flood_bytes = 48 * 1024;   ///< in one turn: it does so
  static constexpr std::size_t last_read = 1024 * 1024;   ///< bytes taken at the very end: a full pipe

  /// `read_end` is O_NONBLOCK. Reading starts at once.
  OutputStream(UnitLog& log, const RunMark& run, Stream stream, sys::UniqueFd read_end, OutputOwner& owner);
  /// Closes the pipe, if it is open, without reading on; an unfinished line is written.
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// The run's process has exited: reads on to the end of the pipe, for `grace` at most, or, while the log has no room,
  /// until it has.
  void process_exited() { end_within(grace); }
  /// All processes of the run are gone: the same for `gone_grace`.
  void tree_gone() { end_within(gone_grace); }
  /// Ends as soon as the loop lets go of the pipe, with everything that is in it by then.
  void cut();

  /// The log has room again: a pipe that was not read for want of it is read on.
  void go_on();

  [[nodiscard]] RunId run() const { return run_.run; }
  /// Whether the process of this stream has exited.
  [[nodiscard]] bool draining() const { return end_ || overdue_ || cut_; }

 private:
  void on_stream_data(io::OpId id, std::span<const std::byte> bytes) noexcept override;
  void on_stream_end(io::OpId id, io::StreamEnd reason, int error) noexcept override;
  void on_timer(io::OpId id, bool canceled) noexcept override;

  void make_room(std::size_t bytes);
  void hold();
  void finish_cut();
  void end_within(Duration length);
  void watch_silence();
  void on_silence();
  void read_rest();
  void close();

  UnitLog& log_;
  OutputOwner& owner_;
  sys::UniqueFd fd_;
  Framer framer_;
  RunMark run_;
  io::OpId read_{};
  io::OpId end_{};      ///< timer: no reading beyond it
  io::OpId silence_{};  ///< timer: runs only while a line is unfinished
  Instant last_data_{};
  Stream stream_;
  bool cut_ = false;
  bool enlarged_ = false;       ///< the pipe has large_pipe bytes, or can't have them
  std::size_t turn_bytes_ = 0;  ///< that came at last_data_
  bool held_ = false;           ///< the log is full: nothing is read
  bool overdue_ = false;        ///< the grace is over, but for the log's want of room
};

}  // namespace supd::log
