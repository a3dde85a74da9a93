#pragma once

/// supd's stdout as a log: the lines of all units that log to the console, each behind its unit's name.
///
///   web | a line          web + a piece: its line goes on          web - a note of supd's
///
/// On a terminal names are coloured and control characters made visible; elsewhere bytes stay raw. A unit may
/// want no name before its lines: then nothing tells whose they are. Or each line is an object, as in log files
/// with `format = "json"`, whatever the console is and whether a unit wants its name there or not.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/io/loop.hpp"
#include "daemon/log/format/shared_record.hpp"
#include "daemon/log/outlet.hpp"

namespace supd::log {

class Console final : public RecordSink {
 public:
  static constexpr std::size_t max_pending = 1024 * 1024;  ///< bytes held for a slow reader; then lines are dropped

  struct Look {
    bool terminal = false;  ///< control characters are made visible
    bool colour = false;
    bool json = false;
  };
  /// Terminal or not, and whether NO_COLOR (https://no-color.org) or TERM=dumb forbid colour.
  [[nodiscard]] static Look look_of(sys::BorrowedFd fd);

  /// `fd` as made by open_outlet().
  Console(io::Loop& loop, sys::UniqueFd fd, Look look);

  bool put(const SharedRecord& record) override;

  [[nodiscard]] bool idle() const { return outlet_.idle(); }
  [[nodiscard]] std::uint64_t dropped() const { return outlet_.dropped(); }

 private:
  void format_text(const SharedRecord& record);
  void format_json(const SharedRecord& record);

  Look look_;
  Outlet outlet_;
  std::string scratch_;
};

}  // namespace supd::log
