#pragma once

/// Lets so many bytes and so many lines per second through, and drops whole lines of what is more: two buckets
/// that fill with time. Pure and exact: the time is told, and nothing is rounded. A line passes when there is
/// one left in the bucket of lines and the bucket of bytes is not empty, so that a line longer than all of
/// that does pass, and is paid back afterwards.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/log/format/line.hpp"
#include "units/base/time.hpp"

namespace supd::log {

struct Rate {
  std::uint64_t per_second = 0;  ///< 0: no limit
  std::uint64_t burst = 0;       ///< may come at once; 0: as much as in one second
  bool operator==(const Rate&) const = default;
};

class TokenBucket {
 public:
  /// Full at the beginning. At most 2^40 per second, and 2^40 at once.
  explicit TokenBucket(Rate rate);

  /// Another rate; what is in the bucket stays, as far as it fits.
  void set(Rate rate);
  void fill(Instant now);
  /// Whether there is any at all, or at least one.
  [[nodiscard]] bool has_some() const { return !limits() || level_ > 0; }
  [[nodiscard]] bool has_one() const { return !limits() || level_ >= unit; }
  /// Below zero it goes, and has to be filled again first.
  void take(std::uint64_t count);
  [[nodiscard]] bool limits() const { return rate_.per_second != 0; }
  [[nodiscard]] std::uint64_t per_second() const { return rate_.per_second; }

 private:
  __extension__ using Wide = __int128;
  static constexpr Wide unit = 1'000'000'000;  ///< one, times nanoseconds per second

  [[nodiscard]] Wide capacity() const;

  Rate rate_;
  Wide level_;
  Instant filled_{};
};

class RateLimit {
 public:
  RateLimit(Rate bytes, Rate lines) : bytes_(bytes), lines_(lines) {}

  /// Other limits; what was counted stays.
  void set(Rate bytes, Rate lines);

  /// Whether a line, or a piece of one, passes. The pieces of one line pass or are dropped together. `now` is
  /// monotonic.
  [[nodiscard]] bool admit(Stream stream, const Line& line, Instant now);

  /// Whether lines were dropped that nobody was told of yet.
  [[nodiscard]] bool has_report() const { return unreported_bytes_ != 0 || unreported_lines_ != 0; }
  /// "12 lines, 3456 bytes dropped: more than 10KB per second", or "... more than 5 lines per second", or both.
  /// Told with that.
  [[nodiscard]] std::string take_report();

  [[nodiscard]] std::uint64_t dropped_lines() const { return dropped_lines_; }
  [[nodiscard]] std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  enum class Within : std::uint8_t { nothing, passing, dropping };  ///< a line whose end is still to come

  [[nodiscard]] bool begins(Instant now);

  TokenBucket bytes_, lines_;
  std::uint64_t dropped_lines_ = 0, dropped_bytes_ = 0, unreported_lines_ = 0, unreported_bytes_ = 0;
  std::array<Within, 2> within_{};            ///< by Stream
  bool by_bytes_ = false, by_lines_ = false;  ///< the limits that held
  bool told_ = false;                         ///< ... in the last report; the rest of such a line may still come
};

}  // namespace supd::log
