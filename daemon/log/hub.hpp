#pragma once

/// What the logs of all units share: the loop, the clock, the console, write buffers, and the files of
/// units that are gone but not yet written out. Made before all UnitLogs and outlives them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/log/console.hpp"
#include "daemon/log/file_sink.hpp"
#include "units/base/ids.hpp"

namespace supd::log {

/// What the logs tell the rest of the daemon. Implementations must not destroy a log from inside.
struct Events {
  /// A record of a unit that is followed.
  virtual void on_log_record(UnitId unit, const proto::LogRecord& record) = 0;
  /// A log file can't be written (lines are kept up to a bound, then dropped and counted); told once.
  virtual void on_log_file_failed(const std::string& path, const Error& error) = 0;
  virtual void on_log_file_resumed(const std::string& path) = 0;
  /// A log file can't be rotated, so it grows on; told once.
  virtual void on_log_rotation_failed(const std::string& path, const Error& error) = 0;
  /// A closed log file can't be compressed and stays as it is; told once.
  virtual void on_log_compress_failed(const std::string& path, const Error& error) = 0;

 protected:
  ~Events() = default;
};

struct HubOptions {
  std::string directory;       ///< of files whose unit names no path
  Console* console = nullptr;  ///< borrowed; nullptr: units that ask for it get none
  std::int64_t (*clock_us)() = wall_clock_us;
};

class Hub final : FileEvents {
 public:
  Hub(io::Loop& loop, Events& events, HubOptions options);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  [[nodiscard]] io::Loop& loop() { return files_.loop; }
  [[nodiscard]] Events& events() { return events_; }
  [[nodiscard]] Console* console() { return options_.console; }
  [[nodiscard]] FileShared& files() { return files_; }
  [[nodiscard]] const std::string& directory() const { return options_.directory; }
  [[nodiscard]] std::int64_t now_us() const { return options_.clock_us(); }
  [[nodiscard]] std::string_view stamp(std::int64_t time_us) { return files_.stamper.text(time_us); }

  /// Takes over the file of a unit that goes away, until it is written.
  void retire(std::unique_ptr<FileSink> file);

  /// Whether everything has reached files and console. Not so while one of them can't be written: whoever
  /// waits for this at the end of supd needs a deadline.
  [[nodiscard]] bool idle() const;

  [[nodiscard]] Compressor& compressor() { return files_.compressor; }

  /// Output streams that are open, of all units. Counted by OutputStream.
  std::size_t open_streams = 0;
  /// Pipes that were closed before their end, because somebody kept them after their run. By OutputStream.
  std::uint64_t cut_streams = 0;

 private:
  void on_file_failed(const std::string& path, const Error& error) override;
  void on_file_resumed(const std::string& path) override;
  void on_rotation_failed(const std::string& path, const Error& error) override;
  void on_compress_failed(const std::string& path, const Error& error) override;
  void on_file_done(FileSink& sink) override;

  Events& events_;
  HubOptions options_;
  FileShared files_;
  std::vector<std::unique_ptr<FileSink>> retired_;
};

}  // namespace supd::log
