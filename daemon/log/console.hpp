#pragma once

/// supd's stdout as a log: the lines of all units that log to the console, each behind its unit's name. What they wrote
/// to stderr goes to supd's stderr, where that leads elsewhere; where it does not, the lines of a unit keep their
/// order.
///
///   web | a line          web + a piece: its line goes on          web - a note of supd's
///
/// On a terminal names are coloured and control characters made visible; elsewhere bytes stay raw. A unit may
/// want no name before its lines: then nothing tells whose they are. Or each line is an object, as in log files
/// with `format = "json"`, whatever the console is and whether a unit wants its name there or not.

#include <cstddef>
#include <cstdint>
#include <optional>
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

  struct Way {
    sys::UniqueFd fd;  ///< as made by open_outlet()
    Look look{};
  };
  /// supd's own stdout and stderr; `json` for both.
  [[nodiscard]] static Console of_stdio(io::Loop& loop, bool json);

  /// `errors` is empty where both lead to one place.
  Console(io::Loop& loop, Way out, std::optional<Way> errors = {});

  bool put(const SharedRecord& record) override;

  [[nodiscard]] bool idle() const { return out_.outlet.idle() && (!errors_ || errors_->outlet.idle()); }
  [[nodiscard]] std::uint64_t dropped() const {
    return out_.outlet.dropped() + (errors_ ? errors_->outlet.dropped() : 0);
  }

 private:
  struct Open {
    Open(io::Loop& loop, Way way);
    Look look;
    Outlet outlet;
  };
  void format_text(const SharedRecord& record, const Look& look);
  void format_json(const SharedRecord& record);

  Open out_;
  std::optional<Open> errors_;
  std::string scratch_;
};

}  // namespace supd::log
