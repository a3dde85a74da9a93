#pragma once

/// One record on its way into what all units share: console, journal, syslog. And the formats of the last two,
/// as datagrams. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/log/format/line.hpp"
#include "daemon/log/format/run_marker.hpp"

namespace supd::log {

/// Of syslog (RFC 5424, section 6.2.1), which the journal uses as well.
enum class Severity : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

/// stdout is info, stderr a warning, and a note of supd's own a notice.
[[nodiscard]] constexpr Severity severity_of(Origin origin) {
  if (origin == Origin::supd) return Severity::notice;
  return origin == Origin::out ? Severity::info : Severity::warning;
}

/// What supd itself is called where the name of a unit would stand: no unit can be called so.
inline constexpr std::string_view own_name = "+supd";

struct SharedRecord {
  std::string_view unit;   ///< "": supd itself
  std::string_view stamp;  ///< see stamp.hpp
  std::string_view text;   ///< any bytes
  RunMark run{};           ///< none: a note of supd's own
  Origin origin = Origin::out;
  Severity severity = Severity::info;
  bool goes_on = false;  ///< a piece: its line goes on in the next record of that unit and origin
  bool prefix = true;    ///< on the console: the unit's name stands before it
};

struct RecordSink {
  /// False: it was dropped, whole, and counted.
  virtual bool put(const SharedRecord& record) = 0;

 protected:
  ~RecordSink() = default;
};

/// Datagrams one behind the other, each behind its length: four bytes, as the machine has them.
class Datagrams {
 public:
  explicit Datagrams(std::string& bytes) : bytes_(bytes) {}
  /// Opens one; what is appended to bytes() until end() is in it.
  void begin();
  void end();
  [[nodiscard]] std::string& bytes() { return bytes_; }

  /// The datagram at the front of `bytes`; its head takes head_size bytes before it.
  static constexpr std::size_t head_size = 4;
  [[nodiscard]] static std::string_view front(std::string_view bytes);

 private:
  std::string& bytes_;
  std::size_t head_ = 0;
};

}  // namespace supd::log
