#pragma once

/// Log records as lines of text. Every line begins with what supctl says (time, unit, stream) and no
/// byte of a service can end a line or move the cursor, so that no service can forge another's line.
///
///   12:00:01.123 web   | written to stdout
///   12:00:01.124 web   ! written to stderr
///   12:00:01.125 db    + the line before from this stream of db goes on
///   12:00:01.126 db    * said by supd about db, not by db
///
/// Where lines of other days are to be shown: 2026-11-23 12:00:01.123 web | written to stdout

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/options.hpp"
#include "ctl/proto/messages.hpp"
#include "ctl/text/terminal.hpp"

namespace supd::ctl {

class LogView {
 public:
  struct Shape {
    Format format = Format::text;
    bool with_units = true;  ///< name the unit on each line
    bool color = false;
    bool terminal = false;  ///< JSON is made harmless too
  };

  explicit LogView(const Shape& shape) : shape_(shape) {}

  /// The date stands before the time of day, too.
  void show_dates(bool yes) { dates_ = yes; }
  /// Names are padded to the longest one that was seen.
  void expect(std::string_view unit);
  /// Appends the record as one line (`raw`: as its bytes, which may be part of a line).
  void append(std::string& out, const proto::LogRecord& record);

 private:
  [[nodiscard]] char mark(const proto::LogRecord& record);
  void append_text(std::string& out, const proto::LogRecord& record);
  void append_json_line(std::string& out, const proto::LogRecord& record) const;

  struct Unfinished {
    std::string unit;
    bool is_stderr;
  };
  static constexpr std::size_t max_unfinished = 4096;  ///< beyond, pieces are marked as new lines

  Shape shape_;
  bool dates_ = false;
  std::size_t name_width_ = 0;
  std::vector<Unfinished> unfinished_;  ///< streams whose last record was partial
};

/// Appends the local time of day, "12:00:01.123", or "2026-11-23 12:00:01.123". `time_us` is wall time, microseconds
/// since 1970.
void append_time(std::string& out, std::int64_t time_us, bool with_date = false);
/// "2026-11-23 12:00:01", local time.
[[nodiscard]] std::string date_text(std::int64_t time_ms);

}  // namespace supd::ctl
