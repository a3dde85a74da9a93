#pragma once

/// From the lines of one unit's log file to records. Whatever stands there, something defined is shown:
/// - a record of supd's, in text or json: as it was written;
/// - a foreign line (somebody edited the file, a record was torn by a crash): as it stands, with the time of the
///   record before it;
/// - a piece of an overlong line: as partial output of the record that it began;
/// - any line of a raw file: as it stands, with the time of the file. It is never taken for a record, because a
///   child wrote it.

#include <cstdint>
#include <string>

#include "ctl/logs/line_cutter.hpp"
#include "ctl/proto/messages.hpp"
#include "daemon/log/format/file_record.hpp"

namespace supd::ctl::logs {

/// Whether supd wrote a stamp before each line.
enum class FileKind : std::uint8_t { records, raw };

class LineParser {
 public:
  LineParser(std::string unit, FileKind kind) : unit_(std::move(unit)), kind_(kind) {}

  /// Another file; `time_us` is what lines without a stamp get.
  void begin_file(std::int64_t time_us) { time_us_ = time_us; }
  /// More came into the file at that time.
  void file_changed(std::int64_t time_us) {
    if (kind_ == FileKind::raw) time_us_ = time_us;
  }
  void parse(const FileLine& line, proto::LogRecord& out);
  [[nodiscard]] const std::string& unit() const { return unit_; }
  [[nodiscard]] FileKind kind() const { return kind_; }

 private:
  bool parse_record(std::string_view line, proto::LogRecord& out);
  void take_over(proto::LogRecord& out);
  void take_as_is(std::string_view line, proto::LogRecord& out);

  std::string unit_;
  FileKind kind_;
  std::int64_t time_us_ = 0;
  bool is_stderr_ = false;  ///< of the line that goes on
  log::FileRecord record_{};
};

}  // namespace supd::ctl::logs
