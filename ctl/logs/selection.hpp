#pragma once

/// Which records are wanted.

#include <regex.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ctl/proto/messages.hpp"

namespace supd::ctl::logs {

/// A POSIX extended regular expression (regex(7)), of bytes; `.` takes any of them.
class Pattern {
 public:
  /// In the words of regerror(3): why it is none.
  [[nodiscard]] static std::expected<Pattern, std::string> compile(const std::string& text, bool ignore_case);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Free {
    void operator()(regex_t* compiled) const;
  };
  std::string plain_;                        ///< where the expression means itself: no machine is needed
  std::unique_ptr<regex_t, Free> compiled_;  ///< else
};

enum class StreamChoice : std::uint8_t { all, out, err, supd };

struct Selection {
  /// A wall clock that was set back may leave records that are this much older behind newer ones, and they are
  /// found all the same where times are used to find a place.
  static constexpr std::int64_t clock_slack_us = 60'000'000;

  std::optional<std::int64_t> since_us, until_us;  ///< both included
  StreamChoice stream = StreamChoice::all;
  std::optional<Pattern> grep;
  std::optional<std::int64_t> run;  ///< above 0: its number; 0: the current or last one; -1: the one before

  /// Whether it is wanted, whatever its run.
  [[nodiscard]] bool accepts(const proto::LogRecord& record) const;
  /// Records up to then are not looked for.
  [[nodiscard]] std::int64_t from_us() const { return since_us ? *since_us - clock_slack_us : INT64_MIN; }
  [[nodiscard]] std::int64_t to_us() const {
    return until_us && *until_us < INT64_MAX - clock_slack_us ? *until_us + clock_slack_us : INT64_MAX;
  }
};

}  // namespace supd::ctl::logs
