#pragma once

/// The pipes of one unit: those of its run, and those of earlier runs that somebody still holds. A new
/// run never waits for an old pipe.

#include <cstddef>
#include <memory>
#include <vector>

#include "daemon/log/format/line.hpp"
#include "daemon/log/output_stream.hpp"
#include "daemon/log/unit_log.hpp"
#include "daemon/sys/fd.hpp"
#include "units/base/ids.hpp"

namespace supd::log {

class UnitOutput;

struct UnitOutputOwner {
  /// The last open pipe was read to its end and closed. The output and its log may be destroyed in the call.
  virtual void on_output_idle(UnitOutput& output) noexcept = 0;

 protected:
  ~UnitOutputOwner() = default;
};

class UnitOutput final : OutputOwner, FlowSink {
 public:
  /// Pipes of ended runs at a time; one more cuts the oldest: it is read empty and closed early.
  static constexpr std::size_t max_draining = 8;

  /// The log must outlive this. `owner` may be nullptr.
  explicit UnitOutput(UnitLog& log, UnitOutputOwner* owner = nullptr);
  ~UnitOutput();
  UnitOutput(const UnitOutput&) = delete;
  UnitOutput& operator=(const UnitOutput&) = delete;

  /// Takes the reading end (O_NONBLOCK) of a pipe of this run, whose main process is `pid`.
  void attach(RunId run, pid_t pid, Stream stream, sys::UniqueFd read_end);
  /// The run's process has exited; its pipes are read to their end, for OutputStream::grace at most.
  void process_exited(RunId run);
  /// Nothing of the run is left that could write.
  void tree_gone(RunId run);
  /// supd ends: everything that is in the pipes is read, and nothing more.
  void cut_all();

  [[nodiscard]] UnitId unit() const { return log_.id(); }
  [[nodiscard]] std::size_t open_streams() const { return streams_.size(); }

 private:
  void on_output_end(OutputStream& stream) override;
  void on_log_room() override;
  void cut_oldest();

  UnitLog& log_;
  UnitOutputOwner* owner_;
  std::vector<std::unique_ptr<OutputStream>> streams_;  ///< oldest first
};

}  // namespace supd::log
