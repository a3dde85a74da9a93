#pragma once

/// supd's own log, on stderr: one line per message, "supd: " before it; and wherever else it shall go
/// (own_sinks.hpp). Never blocks; what a stalled reader leaves no room for is dropped and counted.

#include <cstdint>
#include <optional>
#include <string_view>

namespace supd::io {
class Loop;
}

namespace supd::log {

enum class Level : std::uint8_t { debug, info, warn, error };

[[nodiscard]] std::string_view word(Level level);
/// The level of that word ("debug", "info", "warn", "error"), as on the command line.
[[nodiscard]] std::optional<Level> level_of(std::string_view word);

/// Messages below it are not written; info at start.
void set_level(Level level);
[[nodiscard]] bool would_log(Level level);

/// Control characters in a message become visible ones: it stays one line.
void debug(std::string_view message);
void info(std::string_view message);
void warn(std::string_view message);
void error(std::string_view message);

/// From now on the loop writes; it must live until detach(). Before and after, messages are written
/// directly where that does not block.
void attach(io::Loop& loop);
void detach();

/// Where else messages go.
struct OwnLogTee {
  /// Must not log.
  virtual void on_own_message(Level level, std::string_view message) = 0;
  /// Messages that were dropped.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;

 protected:
  ~OwnLogTee() = default;
};
/// nullptr: nowhere else. Borrowed. Without `to_stderr` messages go nowhere but there.
void set_tee(OwnLogTee* tee, bool to_stderr);

/// Lines that were dropped, here or there.
[[nodiscard]] std::uint64_t own_log_dropped();
[[nodiscard]] bool own_log_idle();

}  // namespace supd::log
