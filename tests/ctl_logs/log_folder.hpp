#pragma once

/// A unit's log directory as supd leaves it, with files that are rotated and compressed at a test's command.

#include <string>
#include <string_view>
#include <vector>

#include "ctl/logs/unit_log.hpp"
#include "tests/integration/scratch.hpp"

namespace supd::ctl::logs::test {

inline constexpr std::int64_t second = 1'000'000;
inline constexpr std::int64_t noon = 1'795'435'200 * second;  ///< 2026-11-23T12:00:00Z

class LogFolder {
 public:
  [[nodiscard]] std::string current() const { return scratch_.file("log/current"); }
  [[nodiscard]] LogPath path() const { return LogPath(current()); }
  [[nodiscard]] UnitLog::About about(FileKind kind = FileKind::records) const { return {"web", current(), kind, 0}; }

  /// Appends these bytes to the file that is written.
  void write(std::string_view bytes);
  /// A record of stdout, as text or as json.
  void print(std::int64_t time_us, std::string_view text, bool json = false);
  void note(std::int64_t time_us, std::string_view text);
  /// Closes the file that is written under that time, and begins another.
  void rotate(std::int64_t time_us);
  /// As supd's child does it.
  void compress(std::int64_t time_us, Compression form);
  void remove(std::int64_t time_us);

 private:
  integration::Scratch scratch_;
};

/// The texts of all records that come now.
[[nodiscard]] std::vector<std::string> texts(RecordStream& stream);
/// The same, of a log that is followed: looks for newer files until there are none.
[[nodiscard]] std::vector<std::string> follow(UnitLog& log);
/// "from", ..., "to".
[[nodiscard]] std::vector<std::string> numbers(int from, int to);

}  // namespace supd::ctl::logs::test
