#pragma once

/// What the logs of all units share: the loop, the clock, the console, write buffers, and the files of
/// units that are gone but not yet written out. Made before all UnitLogs and outlives them.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "daemon/io/loop.hpp"
#include "daemon/log/console.hpp"
#include "daemon/log/datagram_sink.hpp"
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
  /// The journal or syslog ("journal", "syslog") takes no records (they are kept up to a bound, then dropped and
  /// counted); told once.
  virtual void on_log_datagrams_failed(std::string_view sink, const Error& error) = 0;
  virtual void on_log_datagrams_resumed(std::string_view sink) = 0;

 protected:
  ~Events() = default;
};

/// The sinks that all units share.
enum class SharedSink : std::uint8_t { console, journal, syslog };
inline constexpr std::array<SharedSink, 3> shared_sinks{SharedSink::console, SharedSink::journal, SharedSink::syslog};

struct HubOptions {
  std::string directory;       ///< of files whose unit names no path
  Console* console = nullptr;  ///< borrowed; nullptr: units that ask for it get none
  std::int64_t (*clock_us)() = wall_clock_us;
  DatagramAddress journal = unix_address("/run/systemd/journal/socket");
  DatagramAddress syslog = unix_address("/dev/log");
  SyslogSource syslog_source{};
};

class Hub final : FileEvents, DatagramEvents {
 public:
  Hub(io::Loop& loop, Events& events, HubOptions options);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  [[nodiscard]] io::Loop& loop() { return files_.loop; }
  [[nodiscard]] Events& events() { return events_; }
  /// nullptr: there is none.
  [[nodiscard]] RecordSink* shared(SharedSink sink);
  /// nullptr: nothing was logged to it yet, or it is the console.
  [[nodiscard]] const DatagramSink* datagrams(SharedSink sink) const;
  [[nodiscard]] FileShared& files() { return files_; }
  [[nodiscard]] const std::string& directory() const { return options_.directory; }
  [[nodiscard]] std::int64_t now_us() const { return options_.clock_us(); }
  /// Valid until the next call with that zone.
  [[nodiscard]] std::string_view stamp(std::int64_t time_us, LogTime zone = LogTime::utc) {
    return (zone == LogTime::utc ? files_.stamper : local_stamper_).text(time_us);
  }

  /// Takes over the file of a unit that goes away, until it is written.
  void retire(std::unique_ptr<FileSink> file);

  /// Whether everything has reached files and console, journal and syslog. Not so while a file or the console can't
  /// be written, or a receiver has no room: whoever waits for this at the end of supd needs a deadline.
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
  void on_datagrams_failed(const DatagramSink& sink, const Error& error) override;
  void on_datagrams_resumed(const DatagramSink& sink) override;
  [[nodiscard]] std::unique_ptr<DatagramSink> make_datagrams(SharedSink sink);

  Events& events_;
  HubOptions options_;
  FileShared files_;
  Stamper local_stamper_{LogTime::local};
  std::array<std::unique_ptr<DatagramSink>, shared_sinks.size()> datagrams_;  ///< from the first record on
  std::vector<std::unique_ptr<FileSink>> retired_;
};

}  // namespace supd::log
